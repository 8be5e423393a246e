/** The page, drawn from a view. A PC that is gone meanwhile leads back to the list. */
import { useLayoutEffect } from "preact/hooks";
import { AddScene } from "./scenes/add-scene.tsx";
import { CodeScene } from "./scenes/code-scene.tsx";
import { ElsewhereScene } from "./scenes/elsewhere-scene.tsx";
import { ListScene } from "./scenes/list-scene.tsx";
import { FailedScene, PairedScene, PairingScene } from "./scenes/pairing-scenes.tsx";
import { PcScene } from "./scenes/pc-scene.tsx";
import { QuestionScene } from "./scenes/question-scene.tsx";
import { RequestsScene } from "./scenes/requests-scene.tsx";
import { ScanPlace } from "./scenes/scan-place.tsx";
import { TextsContext } from "./texts/texts.ts";
import { ActsContext, type HomeActs } from "./view/home-acts.ts";
import type { HomeView } from "./view/home-view.ts";

export function HomePage({ view, acts }: { readonly view: HomeView; readonly acts: HomeActs }) {
  const { at } = view.scene;
  useLayoutEffect(() => {
    window.scrollTo(0, 0);
    // Whoever cannot see the change of scene hears it.
    if (at !== "list") document.querySelector<HTMLElement>(".scene-title")?.focus();
  }, [at]);
  return (
    <ActsContext.Provider value={acts}>
      <TextsContext.Provider value={view.texts}>
        <SceneOf view={view} />
      </TextsContext.Provider>
    </ActsContext.Provider>
  );
}

function SceneOf({ view }: { readonly view: HomeView }) {
  const { scene, pcs = [], relayHost, language } = view;
  const pc = "id" in scene ? pcs.find(({ id }) => id === scene.id) : undefined;
  switch (scene.at) {
    case "list":
      return <ListScene view={view} />;
    case "add":
      return <AddScene scene={scene} />;
    case "scan":
      return <ScanPlace />;
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
      return pc === undefined ? (
        <ListScene view={view} />
      ) : (
        <PcScene key={pc.id} pc={pc} deviceName={scene.deviceName} />
      );
    case "requests":
      return pc === undefined ? (
        <ListScene view={view} />
      ) : (
        <RequestsScene key={pc.id} pc={pc} language={language} />
      );
  }
}
