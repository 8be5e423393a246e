/** What this device shall be called in the PC's list. */
import { useId } from "preact/hooks";
import { MAX_DEVICE_NAME_LENGTH } from "../state/preferences.ts";
import { useTexts } from "../texts/texts.ts";

export interface DeviceNameFieldProps {
  readonly value: string;
  readonly typed: (text: string) => void;
}

export function DeviceNameField({ value, typed }: DeviceNameFieldProps) {
  const { code } = useTexts();
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{code.deviceName}</label>
      <input
        id={id}
        class="input"
        type="text"
        autocomplete="off"
        enterkeyhint="done"
        maxLength={MAX_DEVICE_NAME_LENGTH}
        aria-describedby={`${id}-help`}
        value={value}
        onInput={({ currentTarget }) => typed(currentTarget.value)}
      />
      <p id={`${id}-help`} class="field-help">
        {code.deviceNameHelp}
      </p>
    </div>
  );
}
