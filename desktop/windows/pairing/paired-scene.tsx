/** A device was let in: who it is, and the way back. */
import { useEffect, useRef } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Mark } from "#shared/looks/mark.tsx";
import { Name } from "#shared/looks/name.tsx";
import { Sentence } from "#shared/looks/sentence.tsx";
import type { PairedView } from "../contract/pairing-view.ts";
import { useTexts } from "../dom/texts-context.ts";
import type { SceneProps } from "./scene-props.ts";

const MARK_PX = 104;

export function PairedScene({ paired, ora }: SceneProps & { readonly paired: PairedView }) {
  const { pairing } = useTexts();
  const { device, name, checkNumber } = paired;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="pairing-scene">
      <div class="ring-place">
        <Mark state="connected" size={MARK_PX} />
      </div>
      <div class="pairing-words">
        <h2 ref={heading} tabIndex={-1} class="question-title">
          <Sentence text={pairing.pairedTitle} parts={{ name: <Name text={name} /> }} />
        </h2>
        <p class="muted">{pairing.pairedText(checkNumber)}</p>
      </div>
      <div class="buttons buttons-even">
        <Button press={() => void ora.undoPairing({ device })}>{pairing.undo}</Button>
        <Button kind="primary" press={() => void ora.dismissPaired({ device })}>
          {pairing.done}
        </Button>
      </div>
    </div>
  );
}
