/** The page, drawn from a view. A PC that is gone meanwhile leads back to the list. */
import { useLayoutEffect } from "preact/hooks";
import { Lazy } from "./parts/lazy.tsx";
import { ListScene } from "./scenes/list-scene.tsx";
import { RequestsScene } from "./scenes/requests-scene.tsx";
import { ScanPlace } from "./scenes/scan-place.tsx";
import { TextsContext } from "./texts/texts.ts";
import { ActsContext, type HomeActs } from "./view/home-acts.ts";
import type { HomeView } from "./view/home-view.ts";

const loadOthers = async () => (await import("./scenes/other-scenes.tsx")).OtherScenes;

export function HomePage({ view, acts }: { readonly view: HomeView; readonly acts: HomeActs }) {
  const { at } = view.scene;
  useLayoutEffect(() => window.scrollTo(0, 0), [at]);
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
    case "scan":
      return <ScanPlace />;
    case "requests":
      return pc === undefined ? (
        <ListScene view={view} />
      ) : (
        <RequestsScene key={pc.id} pc={pc} language={language} />
      );
    default:
      return scene.at === "pc" && pc === undefined ? (
        <ListScene view={view} />
      ) : (
        <Lazy load={loadOthers} props={{ scene, relayHost, pc }} />
      );
  }
}
