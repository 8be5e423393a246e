/**
 * Somebody wants in. The number stands in the ring of the time to answer. Nothing has focus that would say yes, and
 * Allow counts only after the question could be seen, so that a key meant for something else lets nobody in.
 */
import { useEffect, useRef } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { timeLeft } from "#shared/looks/format.ts";
import { Name } from "#shared/looks/name.tsx";
import { Sentence } from "#shared/looks/sentence.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { TimeRing } from "../components/time-ring.tsx";
import type { QuestionView } from "../contract/pairing-view.ts";
import { useTexts } from "../dom/texts-context.ts";
import { SEEN_BEFORE_ALLOW_MS, shareLeft } from "../view/pairing-scene.ts";
import type { SceneProps } from "./scene-props.ts";

const RING_PX = 208;

export interface QuestionProps extends SceneProps {
  readonly question: QuestionView;
  readonly othersWaiting: number;
}

export function QuestionScene({ question, othersWaiting, now, ora }: QuestionProps) {
  const { pairing } = useTexts();
  const { id, name, client, via, checkNumber, expiresAt } = question;
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef({ at: performance.now(), whole: Math.max(1, expiresAt - now) });
  useEffect(() => heading.current?.focus(), []);
  const allow = () => {
    if (performance.now() - shown.current.at >= SEEN_BEFORE_ALLOW_MS) {
      void ora.decide({ question: id, allow: true });
    }
  };
  return (
    <div class="pairing-scene">
      <TimeRing size={RING_PX} left={shareLeft(expiresAt, now, shown.current.whole)}>
        <p class="check-number">
          <span class="unseen">{pairing.checkNumber(Array.from(checkNumber).join(" "))}</span>
          <span aria-hidden="true">{checkNumber}</span>
        </p>
      </TimeRing>
      <div class="pairing-words">
        <h2 ref={heading} tabIndex={-1} class="question-title">
          <Sentence text={pairing.wantsIn} parts={{ name: <Name text={name} /> }} />
        </h2>
        <p>{pairing.compare}</p>
        <p class="muted small">
          {via === "link" ? pairing.byLink : pairing.byCode}{" "}
          {client !== "" && (
            <Sentence text={pairing.saysItIs} parts={{ client: <bdi>{visible(client).slice(0, 64)}</bdi> }} />
          )}
        </p>
        <p class="muted small">{pairing.refusedIn(timeLeft(expiresAt - now))}</p>
      </div>
      <div class="buttons buttons-even">
        <Button press={() => void ora.decide({ question: id, allow: false })}>{pairing.refuse}</Button>
        <Button kind="primary" press={allow}>
          {pairing.allow}
        </Button>
      </div>
      {othersWaiting > 0 && <p class="muted small pairing-words">{pairing.moreWait(othersWaiting)}</p>}
    </div>
  );
}
