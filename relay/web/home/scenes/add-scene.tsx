/** How a PC is to be added: by the camera, or by typing. */
import { Button } from "#shared/looks/button.tsx";
import { SceneBar } from "../parts/top-bar.tsx";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";
import type { Scene } from "../view/home-view.ts";

export function AddScene({ scene }: { readonly scene: Extract<Scene, { at: "add" }> }) {
  const { add } = useTexts();
  const acts = useActs();
  const canScan = scene.scanner === "ready";
  return (
    <>
      <SceneBar title={add.title} />
      <main class="scene">
        <p>{add.text}</p>
        {canScan && (
          <Button kind="primary" press={() => acts.scan()}>
            {add.scan}
          </Button>
        )}
        <Button kind={canScan ? undefined : "primary"} press={() => acts.type()}>
          {add.type}
        </Button>
        <p class="muted small">
          {scene.scanner === "insecure" ? add.scanInsecure : canScan ? add.cameraApp : add.scanAbsent}
        </p>
      </main>
    </>
  );
}
