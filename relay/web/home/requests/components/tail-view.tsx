/** Text as it comes, its newest part alone. */
import { useState } from "preact/hooks";
import { shownText } from "../body/shown-text.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { LogFrame } from "./log-frame.tsx";

export interface TailViewProps {
  readonly text: string;
  readonly hasLost: boolean;
  readonly isOver: boolean;
  readonly clear: () => void;
}

export function TailView({ text, hasLost, isOver, clear }: TailViewProps) {
  const texts = useRequestsTexts();
  const [paused, setPaused] = useState<string | undefined>();
  const shown = paused ?? text;
  const facts = [isOver && texts.streamEnded, hasLost && texts.olderGone].filter(Boolean).join(" ");
  return (
    <LogFrame
      label={texts.liveText}
      grown={shown}
      state={paused === undefined ? facts : texts.pausedText}
      isPaused={paused !== undefined}
      isOver={isOver && paused === undefined}
      pause={(isPaused) => setPaused(isPaused ? text : undefined)}
      clear={() => {
        setPaused(undefined);
        clear();
      }}
    >
      {shown === "" && <p class="muted small api-log-empty">{texts.noText}</p>}
      <pre class="api-text">{shownText(shown)}</pre>
    </LogFrame>
  );
}
