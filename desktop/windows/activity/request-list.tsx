/**
 * The list, newest first. Only rows in sight are in the page. It stays where it was scrolled to while new rows come in
 * above, and is walked by the arrow keys; the chosen row is told to screen readers by `aria-activedescendant`.
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { count } from "#shared/looks/format.ts";
import type { RequestRow } from "../contract/activity-view.ts";
import { useTexts } from "../dom/texts-context.ts";
import { rowForKey, scrollToShow, visibleRange } from "../view/visible-range.ts";
import { RequestLine } from "./request-line.tsx";
import { useRowHeight } from "./use-row-height.ts";

export interface RequestListProps {
  /** Oldest first. */
  readonly rows: readonly RequestRow[];
  readonly chosen: number | undefined;
  readonly choose: (id: number | undefined) => void;
}

const FIRST_HEIGHT_PX = 600;

export function RequestList({ rows, chosen, choose }: RequestListProps) {
  const { activity, general } = useTexts();
  const rowHeight = useRowHeight();
  const box = useRef<HTMLDivElement>(null);
  const newestSeen = useRef(rows.at(-1)?.id ?? -1);
  const [place, setPlace] = useState({ scrollTop: 0, height: FIRST_HEIGHT_PX });
  const [unseen, setUnseen] = useState(0);
  const total = rows.length;
  const at = (index: number) => rows[total - 1 - index];

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = () => setPlace({ scrollTop: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    const newest = rows.at(-1)?.id ?? -1;
    if (element === null || newest <= newestSeen.current) {
      newestSeen.current = newest;
      return;
    }
    let added = 0;
    while (added < total && (at(added)?.id ?? -1) > newestSeen.current) added += 1;
    newestSeen.current = newest;
    if (element.scrollTop < rowHeight) return;
    element.scrollTop += added * rowHeight;
    setUnseen((before) => before + added);
  }, [rows]);

  const geometry = { ...place, rowHeight, count: total };
  const { first, end } = visibleRange(geometry);
  const chosenIndex = chosen === undefined ? -1 : total - 1 - rows.findIndex(({ id }) => id === chosen);
  const inSight: number[] = [];
  for (let index = first; index < end; index++) inSight.push(index);

  const walk = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") return choose(undefined);
    const page = Math.max(1, Math.floor(place.height / rowHeight) - 1);
    const next = rowForKey(event.key, chosenIndex, total, page);
    const row = next === undefined ? undefined : at(next);
    if (next === undefined || row === undefined || box.current === null) return;
    event.preventDefault();
    box.current.scrollTop = scrollToShow(next, { ...geometry, scrollTop: box.current.scrollTop });
    setPlace({ scrollTop: box.current.scrollTop, height: box.current.clientHeight });
    choose(row.id);
  };

  return (
    <div class="request-list">
      <div class="request-columns" aria-hidden="true">
        <span>{activity.columns.time}</span>
        <span>{activity.columns.device}</span>
        <span>{activity.columns.method}</span>
        <span>{activity.columns.path}</span>
        <span>{activity.columns.status}</span>
        <span class="number">{activity.columns.size}</span>
        <span class="number">{activity.columns.took}</span>
      </div>
      <div
        ref={box}
        class="request-scroll"
        role="listbox"
        tabIndex={0}
        aria-label={activity.list}
        aria-activedescendant={chosenIndex >= first && chosenIndex < end ? `request-${chosen}` : undefined}
        onKeyDown={walk}
        onScroll={(event) => {
          const { scrollTop, clientHeight } = event.currentTarget;
          setPlace({ scrollTop, height: clientHeight });
          if (scrollTop < rowHeight) setUnseen(0);
        }}
      >
        <div class="request-room" role="presentation" style={{ height: `${total * rowHeight}px` }}>
          {inSight.map((index) => {
            const row = at(index);
            return (
              row && (
                <RequestLine
                  key={row.id}
                  row={row}
                  top={index * rowHeight}
                  position={index + 1}
                  total={total}
                  isChosen={row.id === chosen}
                  choose={() => choose(row.id)}
                />
              )
            );
          })}
        </div>
      </div>
      {unseen > 0 && (
        <button
          type="button"
          class="button button-primary request-newer"
          onClick={() => box.current?.scrollTo({ top: 0 })}
        >
          {activity.newer(count(unseen, general.locale))}
        </button>
      )}
    </div>
  );
}
