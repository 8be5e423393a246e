/**
 * While a pairing is under way, and what came of it. The check number is large: it is compared across a desk, and a second
 * tap on "Add" must not put it out of sight.
 */
import { Button } from "#shared/looks/button.tsx";
import { Mark } from "#shared/looks/mark.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { SceneBar } from "../parts/top-bar.tsx";
import { useTexts } from "../texts/texts.ts";
import { troubleWords } from "../texts/trouble-words.ts";
import { useActs } from "../view/home-acts.ts";
import type { PcView, Scene } from "../view/home-view.ts";

type At<Name extends Scene["at"]> = Extract<Scene, { at: Name }>;

function CheckNumber({ number }: { readonly number: string }) {
  const { pairing } = useTexts();
  return (
    <p class="check-number">
      <span class="unseen">{pairing.check}: </span>
      {number}
    </p>
  );
}

export function PairingScene({ scene }: { readonly scene: At<"pairing"> }) {
  const { pairing, cancel } = useTexts();
  const acts = useActs();
  const { checkNumber, pcName } = scene;
  return (
    <>
      <SceneBar title={checkNumber === undefined ? pairing.title : pairing.checkTitle} />
      <main class="scene scene-middle" aria-busy={checkNumber === undefined}>
        {checkNumber === undefined ? (
          <>
            <div class="skeleton skeleton-number" />
            <p class="muted" role="status">
              {pairing.text}
            </p>
          </>
        ) : (
          <div role="status">
            <CheckNumber number={checkNumber} />
            <p>{pairing.checkText(visible(pcName ?? ""))}</p>
            <p>{pairing.numberDiffers}</p>
          </div>
        )}
        <Button guarded press={() => acts.cancelPairing()}>
          {cancel}
        </Button>
      </main>
    </>
  );
}

export function PairedScene({
  scene,
  pc,
}: {
  readonly scene: At<"paired">;
  readonly pc: PcView | undefined;
}) {
  const { paired } = useTexts();
  const acts = useActs();
  return (
    <>
      <SceneBar title={paired.title(visible(pc?.name ?? "PC"))} />
      <main class="scene scene-middle">
        <Mark state="connected" size={72} />
        <CheckNumber number={scene.checkNumber} />
        <p>{paired.text}</p>
        {!scene.isKept && <p class="warn-label">{paired.notKept}</p>}
        <Button kind="primary" guarded press={() => acts.back()}>
          {paired.done}
        </Button>
        <Button kind="plain" bad guarded press={() => acts.differs(scene.id)}>
          {paired.differs}
        </Button>
      </main>
    </>
  );
}

export function FailedScene({ scene }: { readonly scene: At<"failed"> }) {
  const texts = useTexts();
  const acts = useActs();
  const { trouble, code } = scene.trouble;
  const { title, advice } = troubleWords(trouble, texts);
  const isInList = trouble === "unconfirmed";
  return (
    <>
      <SceneBar title={title} />
      <main class="scene scene-middle">
        <Mark state="attention" size={72} />
        <p role="alert">{advice}</p>
        <p class="support">{code}</p>
        {scene.isUnspent && (
          <Button kind="primary" press={() => acts.addAgain()}>
            {texts.failed.unspent}
          </Button>
        )}
        {!isInList && (
          <Button kind={scene.isUnspent ? undefined : "primary"} press={() => acts.add()}>
            {texts.failed.again}
          </Button>
        )}
        <Button kind={isInList ? "primary" : undefined} press={() => acts.back()}>
          {texts.failed.done}
        </Button>
      </main>
    </>
  );
}
