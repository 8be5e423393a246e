/** The window whole: its head, the one scene there is, and what screen readers are told of changes. */
import { Live } from "#shared/looks/live.tsx";
import { Name } from "#shared/looks/name.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import type { OraBridge } from "../contract/bridge.ts";
import type { PairingView } from "../contract/pairing-view.ts";
import type { Drawn } from "../dom/start-page.tsx";
import { useTexts } from "../dom/texts-context.ts";
import { useNow } from "../dom/use-now.ts";
import type { Texts } from "../texts/texts.ts";
import { type PairingScene, pairingScene } from "../view/pairing-scene.ts";
import { CodeScene } from "./code-scene.tsx";
import { HiddenScene, NoCodeScene, OfflineScene } from "./no-code-scenes.tsx";
import { PairedScene } from "./paired-scene.tsx";
import { PlaintextCode } from "./plaintext-code.tsx";
import { QuestionScene } from "./question-scene.tsx";
import type { SceneProps } from "./scene-props.ts";

export function PairingWindow({
  drawn,
  ora,
}: {
  readonly drawn: Drawn<PairingView>;
  readonly ora: OraBridge;
}) {
  const texts = useTexts();
  const now = useNow(drawn);
  const { view } = drawn;
  const scene = pairingScene(view, now);
  const plaintext =
    view.plaintext !== undefined && view.plaintext.expiresAt > now ? view.plaintext : undefined;
  return (
    <main class="pairing">
      <header class="pairing-head">
        <h1>{texts.pairing.title}</h1>
        <span class="muted pairing-pc">
          <Name text={view.pcName} />
        </span>
      </header>
      <Scene scene={scene} view={view} now={now} ora={ora} />
      {scene.kind === "code" && plaintext !== undefined && (
        <PlaintextCode offer={plaintext} now={now} ora={ora} />
      )}
      <Live text={announcement(scene, view, texts)} urgent={scene.kind === "question"} />
    </main>
  );
}

function Scene({ scene, ...rest }: SceneProps & { readonly scene: PairingScene }) {
  switch (scene.kind) {
    case "hidden":
      return <HiddenScene />;
    case "question":
      return (
        <QuestionScene
          key={scene.question.id}
          question={scene.question}
          othersWaiting={scene.othersWaiting}
          {...rest}
        />
      );
    case "paired":
      return <PairedScene key={scene.paired.device} paired={scene.paired} {...rest} />;
    case "no_code":
      return <NoCodeScene />;
    case "offline":
      return <OfflineScene {...rest} />;
    case "code":
      return <CodeScene code={scene.code} {...rest} />;
  }
}

/** Changes that the eye sees, in words. A code is not read out again by itself: it stands in the page for who asks. */
function announcement(scene: PairingScene, view: PairingView, { general, pairing }: Texts): string {
  switch (scene.kind) {
    case "hidden":
      return pairing.hiddenTitle;
    case "question":
      return `${pairing.wantsIn.replace("{name}", () => visible(scene.question.name))}. ${pairing.checkNumber(scene.question.checkNumber)}`;
    case "paired":
      return pairing.pairedTitle.replace("{name}", () => visible(scene.paired.name));
    case "no_code":
      return pairing.noCodeTitle;
    case "offline":
      return general.status(view.status.title, view.status.advice);
    case "code":
      return scene.code.guessesUsedUp
        ? `${pairing.guessesTitle} ${pairing.guessesAdvice}`
        : `${pairing.newCodeShown}${scene.code.typed === undefined ? "" : ` ${scene.code.typed.value.replace("-", " ")}`}`;
  }
}
