/** This app itself: when it starts, its language, its way to the relay, newer releases, and a new identity. */
import { useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Choices } from "../components/choices.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Switch } from "../components/switch.tsx";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import { ProxyField } from "./proxy-field.tsx";
import type { SectionProps } from "./section-props.ts";
import { UpdateField } from "./update-field.tsx";

export function AppSection({ view, ora }: SectionProps) {
  const { settings } = useTexts();
  const { app: words } = settings;
  const { values } = view;
  const starting = useCommand();
  const language = useCommand();
  return (
    <div class="section">
      {values.startAtLogin !== undefined && (
        <Switch
          label={words.startAtLogin}
          help={words.startAtLoginHelp}
          on={values.startAtLogin}
          busy={starting.busy}
          problem={starting.problem}
          turn={(on) => void starting.send(() => ora.saveSetting({ key: "startAtLogin", value: on }))}
        />
      )}
      <Choices
        label={words.language}
        chosen={values.language}
        choices={[
          ["system", words.languages.system],
          ["en", words.languages.en],
          ["ja", words.languages.ja],
        ]}
        choose={(value) => void language.send(() => ora.saveSetting({ key: "language", value }))}
      />
      {language.problem !== undefined && (
        <p class="field-problem" role="alert">
          {language.problem}
        </p>
      )}
      <ProxyField view={view} ora={ora} />
      <UpdateField view={view} ora={ora} />
      <NewIdentity ora={ora} />
    </div>
  );
}

function NewIdentity({ ora }: Pick<SectionProps, "ora">) {
  const { settings } = useTexts();
  const { app: words } = settings;
  const [asking, setAsking] = useState(false);
  const { busy, problem, send } = useCommand();
  return (
    <div class="field">
      <p class="field-label">{words.identity}</p>
      <p class="field-help">{words.identityText}</p>
      <div class="row">
        <Button bad press={() => setAsking(true)}>
          {words.identityAct}
        </Button>
      </div>
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      {asking && (
        <Dialog
          title={words.identityTitle}
          act={words.identityAct}
          busy={busy}
          cancel={() => setAsking(false)}
          confirm={() => void send(() => ora.newIdentity()).then(() => setAsking(false))}
        >
          <p>{words.identityConsequence}</p>
        </Dialog>
      )}
    </div>
  );
}
