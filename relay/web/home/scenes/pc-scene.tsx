/** One PC's names, and the way to forget it. */

import { useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Dialog } from "#shared/looks/dialog.tsx";
import { Name } from "#shared/looks/name.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { MAX_LABEL_LENGTH } from "../../keys/pairing-store.ts";
import { SavedField } from "../parts/saved-field.tsx";
import { SceneBar } from "../parts/top-bar.tsx";
import { MAX_DEVICE_NAME_LENGTH } from "../state/preferences.ts";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";
import type { PcView } from "../view/home-view.ts";

export interface PcSceneProps {
  readonly pc: PcView;
  readonly deviceName: string;
}

export function PcScene({ pc, deviceName }: PcSceneProps) {
  const { pc: words, cancel } = useTexts();
  const acts = useActs();
  const { id, name, nodeName, isConnected } = pc;
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const own = visible(nodeName);
  return (
    <>
      <SceneBar title={<Name text={name} />} />
      <main class="scene">
        <SavedField
          label={words.nameLabel}
          help={words.nameHelp(own)}
          value={name === nodeName ? "" : name}
          placeholder={own}
          maxLength={MAX_LABEL_LENGTH}
          save={async (text) => ((await acts.rename(id, text)) ? words.saved : undefined)}
        />
        <SavedField
          label={words.deviceLabel}
          help={isConnected ? words.deviceHelp : words.deviceOffline}
          value={deviceName}
          maxLength={MAX_DEVICE_NAME_LENGTH}
          isOff={!isConnected}
          save={async (text) => (acts.renameDevice(id, text) ? words.deviceSent : undefined)}
        />
        <Button bad press={() => setAsking(true)}>
          {words.forget}
        </Button>
        {problem !== undefined && (
          <p class="field-problem" role="alert">
            {problem}
          </p>
        )}
      </main>
      {isAsking && (
        <Dialog
          title={words.forgetTitle(visible(name))}
          act={words.forgetAct(visible(name))}
          cancelText={cancel}
          cancel={() => setAsking(false)}
          confirm={() => {
            setAsking(false);
            void acts.forget(id).then((isForgotten) => setProblem(isForgotten ? undefined : words.notSaved));
          }}
        >
          <p>{words.forgetText}</p>
          <p>{words.forgetThere}</p>
        </Dialog>
      )}
    </>
  );
}
