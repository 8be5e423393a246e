/** One of a few, saved at once. */
import { useId } from "preact/hooks";

export interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly (readonly [value: Value, label: string])[];
  readonly chosen: Value;
  readonly choose: (value: Value) => void;
}

export function Choices<Value extends string>({ label, choices, chosen, choose }: ChoicesProps<Value>) {
  const id = useId();
  return (
    <fieldset class="choices">
      <legend class="field-label">{label}</legend>
      {choices.map(([value, text]) => (
        <div key={value} class="choice">
          <input
            type="radio"
            id={`${id}-${value}`}
            name={id}
            checked={value === chosen}
            onChange={() => choose(value)}
          />
          <label for={`${id}-${value}`}>{text}</label>
        </div>
      ))}
    </fieldset>
  );
}
