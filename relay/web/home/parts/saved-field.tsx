/** A field with a button that saves it, and a word on how that went. */
import { useId, useState } from "preact/hooks";
import { useTexts } from "../texts/texts.ts";

export interface SavedFieldProps {
  readonly label: string;
  readonly help: string;
  readonly value: string;
  readonly placeholder?: string;
  /** UTF-16 units. */
  readonly maxLength: number;
  readonly isOff?: boolean;
  /** What to say when it worked; undefined when it did not. */
  readonly save: (text: string) => Promise<string | undefined>;
}

export function SavedField({
  label,
  help,
  value,
  placeholder,
  maxLength,
  isOff = false,
  save,
}: SavedFieldProps) {
  const { pc } = useTexts();
  const id = useId();
  const [text, setText] = useState(value);
  const [said, setSaid] = useState<{ readonly text: string; readonly isGood: boolean }>();
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (isOff) return;
        void save(text).then((word) => setSaid({ text: word ?? pc.notSaved, isGood: word !== undefined }));
      }}
    >
      <label for={id}>{label}</label>
      <div class="field-row">
        <input
          id={id}
          class="input"
          type="text"
          autocomplete="off"
          enterkeyhint="done"
          maxLength={maxLength}
          placeholder={placeholder}
          aria-describedby={`${id}-help`}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setSaid(undefined);
          }}
        />
        <button type="submit" class="button" aria-disabled={isOff || undefined}>
          {pc.save}
        </button>
      </div>
      <p id={`${id}-help`} class="field-help">
        {help}
      </p>
      <p class={said?.isGood === false ? "field-problem" : "field-saved"} role="status">
        {said?.text}
      </p>
    </form>
  );
}
