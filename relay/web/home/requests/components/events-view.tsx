/** Server-sent events as they come. Paused, it keeps showing what was there, while the stream goes on behind it. */
import { useState } from "preact/hooks";
import { clockTime, count } from "#shared/looks/format.ts";
import { shownLine, shownText } from "../body/shown-text.ts";
import type { LoggedEvent } from "../live/event-log.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { LogFrame } from "./log-frame.tsx";

/** Of one event's data on the screen. UTF-16 units. */
const MAX_SHOWN = 4_000;

export interface EventsViewProps {
  readonly events: readonly LoggedEvent[];
  readonly total: number;
  readonly isOver: boolean;
  readonly clear: () => void;
}

export function EventsView({ events, total, isOver, clear }: EventsViewProps) {
  const texts = useRequestsTexts();
  const { locale } = texts;
  const [paused, setPaused] = useState<{ events: readonly LoggedEvent[]; total: number } | undefined>();
  const shown = paused?.events ?? events;
  const isShortened = shown.length > 0 && (shown[0]?.number ?? 1) > 1;
  const state =
    paused !== undefined
      ? texts.paused(count(total - paused.total, locale))
      : [texts.events(count(total, locale)), isOver ? texts.streamEnded : ""].filter(Boolean).join(" · ");
  return (
    <LogFrame
      label={texts.eventList}
      grown={shown}
      state={state}
      isPaused={paused !== undefined}
      isOver={isOver && paused === undefined}
      pause={(isPaused) => setPaused(isPaused ? { events, total } : undefined)}
      clear={() => {
        setPaused(undefined);
        clear();
      }}
    >
      {shown.length === 0 && <p class="muted small api-log-empty">{texts.noEvents}</p>}
      {isShortened && <p class="muted small api-log-empty">{texts.olderGone}</p>}
      <ol>
        {shown.map(({ number, at, type, id, data, isCut }) => (
          <li key={number} class="api-event">
            <div class="api-event-head">
              <span class="tag api-event-type">{shownLine(type.slice(0, 80))}</span>
              {id !== "" && <bdi class="api-event-id">{shownLine(id.slice(0, 80))}</bdi>}
              <time>{clockTime(at, locale, true)}</time>
            </div>
            <pre class="api-text">{shownText(data.slice(0, MAX_SHOWN))}</pre>
            {(isCut || data.length > MAX_SHOWN) && <span class="tag tag-warn">{texts.eventCut}</span>}
          </li>
        ))}
      </ol>
    </LogFrame>
  );
}
