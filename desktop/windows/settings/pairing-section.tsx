/** How devices are let in: asked for or not, in the clear or not, and for how long. */
import { Choices } from "../components/choices.tsx";
import { Switch } from "../components/switch.tsx";
import { TextField } from "../components/text-field.tsx";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import type { SectionProps } from "./section-props.ts";

export function PairingSection({ view, ora }: SectionProps) {
  const { settings } = useTexts();
  const { pairing: words } = settings;
  const { values } = view;
  const asking = useCommand();
  const plaintext = useCommand();
  return (
    <div class="section">
      <Switch
        label={words.ask}
        help={words.askHelp}
        on={values.askBeforePairing}
        busy={asking.busy}
        problem={asking.problem}
        turn={(on) => void asking.send(() => ora.saveSetting({ key: "askBeforePairing", value: on }))}
      />
      <div class="field">
        <Choices
          label={words.plaintext}
          chosen={values.plaintext}
          choices={[
            ["refuse", words.plaintextChoices.refuse],
            ["auto", words.plaintextChoices.auto],
            ["allow", words.plaintextChoices.allow],
          ]}
          choose={(value) => void plaintext.send(() => ora.saveSetting({ key: "plaintext", value }))}
        />
        {values.plaintext === "auto" && (
          <p class="field-help">{words.plaintextNow[values.plaintextIsAllowed ? "yes" : "no"]}</p>
        )}
        {(values.plaintext === "allow" || (values.plaintext === "auto" && values.plaintextIsAllowed)) && (
          <p class="warn-label small">{words.plaintextWarning}</p>
        )}
        {plaintext.problem !== undefined && (
          <p class="field-problem" role="alert">
            {plaintext.problem}
          </p>
        )}
      </div>
      <TextField
        label={words.expiry}
        unit={words.expiryUnit}
        value={String(values.deviceExpiryDays)}
        short
        save={async (text) => {
          const days = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : Number.NaN;
          if (Number.isNaN(days)) return { ok: false, problem: "bad_number" };
          return ora.saveSetting({ key: "deviceExpiryDays", value: days });
        }}
      />
      <TextField
        label={words.pcName}
        help={words.pcNameHelp}
        value={values.pcName}
        save={(value) => ora.saveSetting({ key: "pcName", value })}
      />
    </div>
  );
}
