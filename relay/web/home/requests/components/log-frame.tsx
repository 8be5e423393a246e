/** What a growing log has around it: pause and clear, a word on its state, and a way to its newest end. */
import type { ComponentChildren } from "preact";
import { Button } from "#shared/looks/button.tsx";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { useStickyEnd } from "./use-sticky-end.ts";

export interface LogFrameProps {
  readonly label: string;
  /** Changes when the log has grown. */
  readonly grown: unknown;
  /** What is so: how many, whether it is paused. */
  readonly state: string;
  readonly isPaused: boolean;
  readonly isOver: boolean;
  readonly pause: (isPaused: boolean) => void;
  readonly clear: () => void;
  readonly children: ComponentChildren;
}

export function LogFrame({ label, grown, state, isPaused, isOver, pause, clear, children }: LogFrameProps) {
  const texts = useRequestsTexts();
  const { box, isAtEnd, toEnd, onScroll } = useStickyEnd(grown);
  return (
    <div class="api-view">
      <div class="api-log-head">
        <span class="small muted api-log-state">{state}</span>
        {!isOver && <Button press={() => pause(!isPaused)}>{isPaused ? texts.goOn : texts.pause}</Button>}
        <Button press={clear}>{texts.clear}</Button>
      </div>
      <div class="api-log-room">
        {/* Each event read out would be a flood: a reader goes there when it wants to. */}
        <div
          ref={box}
          class="api-log"
          role="log"
          aria-live="off"
          aria-label={label}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard.
          tabIndex={0}
          onScroll={onScroll}
        >
          {children}
        </div>
        {!isAtEnd && (
          <div class="api-newest">
            <Button kind="primary" press={toEnd}>
              {texts.newest} ↓
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
