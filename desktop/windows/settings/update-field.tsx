/** Looking for newer releases: only when the owner lets the app, and never installing anything. */
import { useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { Switch } from "../components/switch.tsx";
import type { UpdateAnswer } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import type { SectionProps } from "./section-props.ts";

export function UpdateField({ view, ora }: Omit<SectionProps, "open">) {
  const { settings } = useTexts();
  const { app: words } = settings;
  const [answer, setAnswer] = useState<UpdateAnswer | undefined>();
  const saving = useCommand();
  const looking = useCommand();
  const newer = answer?.newerVersion ?? view.about.newerVersion;
  return (
    <div class="field">
      <Switch
        label={words.updates}
        help={words.updatesHelp}
        on={view.values.checkForUpdates}
        busy={saving.busy}
        problem={saving.problem ?? looking.problem}
        turn={(on) => void saving.send(() => ora.saveSetting({ key: "checkForUpdates", value: on }))}
      />
      <div class="row">
        <Button
          busy={looking.busy}
          press={() => void looking.send(() => ora.checkForUpdate()).then(setAnswer)}
        >
          {words.checkNow}
        </Button>
        <p role="status">
          {newer !== undefined ? words.newer(visible(newer).slice(0, 32)) : answer && words.newest}
        </p>
        {newer !== undefined && <Button press={() => void ora.openReleasePage()}>{words.openRelease}</Button>}
      </div>
    </div>
  );
}
