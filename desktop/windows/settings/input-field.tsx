/** A field of a small form, whose form saves it. The reason why it was refused stands under it. */
import { useId } from "preact/hooks";

const PASSWORD = { type: "password" } as const;
const PLAIN = { type: "text" } as const;

export interface InputFieldProps {
  readonly label: string;
  readonly help?: string;
  readonly value: string;
  readonly change: (text: string) => void;
  readonly problem?: string | undefined;
  readonly placeholder?: string;
  readonly secret?: boolean;
}

export function InputField({
  label,
  help,
  value,
  change,
  problem,
  placeholder,
  secret = false,
}: InputFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input input-code"
        {...(secret ? PASSWORD : PLAIN)}
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        value={value}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={`${id}-help`}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <div id={`${id}-help`}>
        {problem !== undefined && (
          <p class="field-problem" role="alert">
            {problem}
          </p>
        )}
        {help !== undefined && <p class="field-help">{help}</p>}
      </div>
    </div>
  );
}
