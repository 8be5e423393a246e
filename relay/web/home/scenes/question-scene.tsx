/** "Add this PC?": nothing has gone to the network yet, and without a tap nothing will. */

import { useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { DeviceNameField } from "../parts/device-name-field.tsx";
import { SceneBar } from "../parts/top-bar.tsx";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";
import type { Question } from "../view/home-view.ts";

export function QuestionScene({
  scene,
  relayHost,
}: {
  readonly scene: Question;
  readonly relayHost: string;
}) {
  const { question } = useTexts();
  const acts = useActs();
  const [deviceName, setDeviceName] = useState(scene.deviceName);
  const { knownAs, isKept } = scene;
  return (
    <>
      <SceneBar title={question.title} />
      <main class="scene">
        <p>{question.text}</p>
        <p>{question.stranger}</p>
        {knownAs !== undefined && <p>{question.known(visible(knownAs))}</p>}
        <p class="muted small">{question.through(relayHost)}</p>
        <DeviceNameField value={deviceName} typed={setDeviceName} />
        {!isKept && (
          <p class="field-problem" role="alert">
            {question.notKept}
          </p>
        )}
        <Button kind="primary" guarded press={() => acts.addOffered(deviceName)}>
          {isKept ? question.add : question.addForTab}
        </Button>
        <Button press={() => acts.back()}>{question.no}</Button>
      </main>
    </>
  );
}
