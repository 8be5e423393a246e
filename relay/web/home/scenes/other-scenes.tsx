/** Everything but the list and what is opened of a PC: loaded when it is wanted, because most visits see the list alone. */
import type { PcView, Scene } from "../view/home-view.ts";
import { AddScene } from "./add-scene.tsx";
import { CodeScene } from "./code-scene.tsx";
import { ElsewhereScene } from "./elsewhere-scene.tsx";
import { FailedScene, PairedScene, PairingScene } from "./pairing-scenes.tsx";
import { PcScene } from "./pc-scene.tsx";
import { QuestionScene } from "./question-scene.tsx";

export interface OtherScenesProps {
  readonly scene: Exclude<Scene, { at: "list" | "scan" | "requests" }>;
  readonly relayHost: string;
  /** The PC that the scene is about, where it is about one that is still there. */
  readonly pc: PcView | undefined;
}

export function OtherScenes({ scene, relayHost, pc }: OtherScenesProps) {
  switch (scene.at) {
    case "add":
      return <AddScene scene={scene} />;
    case "code":
      return <CodeScene scene={scene} />;
    case "question":
      return <QuestionScene scene={scene} relayHost={relayHost} />;
    case "elsewhere":
      return <ElsewhereScene host={scene.host} />;
    case "pairing":
      return <PairingScene scene={scene} />;
    case "paired":
      return <PairedScene scene={scene} pc={pc} />;
    case "failed":
      return <FailedScene scene={scene} />;
    case "pc":
      return pc === undefined ? null : <PcScene key={pc.id} pc={pc} deviceName={scene.deviceName} />;
  }
}
