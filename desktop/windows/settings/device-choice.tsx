/** Whom a rule or a question is about. */
import { useId } from "preact/hooks";
import { visible } from "#shared/looks/shorten-middle.ts";
import type { SettingsView } from "../contract/settings-view.ts";
import { useTexts } from "../dom/texts-context.ts";

/** What fits a list of choices. Characters. */
const MAX_NAME = 40;

export interface DeviceChoiceProps {
  readonly view: SettingsView;
  /** Empty for everybody. */
  readonly value: string;
  readonly everybody?: boolean;
  readonly choose: (device: string) => void;
}

export function DeviceChoice({ view, value, everybody = true, choose }: DeviceChoiceProps) {
  const { settings } = useTexts();
  const { rules } = settings;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{rules.device}</label>
      <select id={id} class="input" value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {everybody && <option value="">{rules.everybody}</option>}
        {view.devices.map((device) => (
          <option key={device.id} value={device.id}>
            {short(device.name)}
          </option>
        ))}
        <option value="plaintext">{rules.plaintextSessions}</option>
      </select>
    </div>
  );
}

function short(name: string): string {
  const characters = Array.from(visible(name));
  if (characters.length <= MAX_NAME) return characters.join("");
  return `${characters.slice(0, MAX_NAME / 2).join("")}…${characters.slice(-MAX_NAME / 2 + 1).join("")}`;
}
