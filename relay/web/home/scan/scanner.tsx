/** The camera's picture in a frame, and what is wrong when there is none. What it reads is asked about, never acted on. */

import { useRef, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";
import { useCamera } from "./use-camera.ts";

export function Scanner() {
  const { scan } = useTexts();
  const acts = useActs();
  const video = useRef<HTMLVideoElement>(null);
  const [attempt, setAttempt] = useState(0);
  const [isForeign, setForeign] = useState(false);
  const state = useCamera(video, attempt, async (text) => {
    const isOurs = await acts.scanned(text);
    setForeign(!isOurs);
    return isOurs;
  });
  const hasPicture = state === "starting" || state === "looking";
  return (
    <div class="scene">
      <div class="viewfinder" hidden={!hasPicture}>
        <video ref={video} muted playsInline aria-label={scan.looking} />
      </div>
      {hasPicture ? (
        <p role="status">{state === "starting" ? scan.starting : isForeign ? scan.foreign : scan.text}</p>
      ) : (
        <>
          <p role="alert">
            <strong>
              {state === "denied" ? scan.denied : state === "none" ? scan.noCamera : scan.busyCamera}
            </strong>{" "}
            {state === "denied" ? scan.deniedAdvice : scan.typeAdvice}
          </p>
          <Button press={() => setAttempt(attempt + 1)}>{scan.again}</Button>
        </>
      )}
      <Button kind={hasPicture ? undefined : "primary"} press={() => acts.type()}>
        {scan.type}
      </Button>
    </div>
  );
}
