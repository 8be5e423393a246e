/** What is known of one request: its measures, how it ended, and headers and bodies when they were kept. */
import { useEffect, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { bytes, clockTime, duration } from "#shared/looks/format.ts";
import { Name } from "#shared/looks/name.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { CopyButton } from "../components/copy-button.tsx";
import type { RequestDetails, RequestRow } from "../contract/activity-view.ts";
import type { OraBridge } from "../contract/bridge.ts";
import { useTexts } from "../dom/texts-context.ts";
import { CapturedPart } from "./captured-part.tsx";

export interface DetailsPanelProps {
  readonly row: RequestRow;
  readonly now: number;
  readonly ora: OraBridge;
  readonly close: () => void;
}

export function DetailsPanel({ row, ora, close }: DetailsPanelProps) {
  const { activity, general } = useTexts();
  const { locale } = general;
  const [details, setDetails] = useState<RequestDetails | undefined>();
  useEffect(() => {
    let isHere = true;
    void ora.activityDetails({ id: row.id }).then((result) => {
      if (isHere && result.ok) setDetails(result.value);
    });
    return () => {
      isHere = false;
    };
  }, [row.id, row.outcome, row.status]);
  const ended = row.outcome === "done" && row.status !== undefined ? "" : activity.outcomes[row.outcome];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard.
    <section class="details" aria-label={activity.details} tabIndex={0}>
      <div class="row">
        <h2 class="row-main details-title">
          <span class="mono">{visible(row.method)}</span> {[row.status, ended].filter(Boolean).join(" ")}
        </h2>
        <Button kind="plain" label={activity.close} press={close}>
          ✕
        </Button>
      </div>
      <p class="mono details-path">
        <bdi>{visible(row.path)}</bdi>
      </p>
      <dl class="facts">
        <dt>{activity.columns.device}</dt>
        <dd>
          <Name text={row.device} /> {row.plaintext && <span class="tag tag-warn">{activity.plaintext}</span>}
        </dd>
        <dt>{activity.started}</dt>
        <dd>{clockTime(row.started, locale, true)}</dd>
        <dt>{activity.duration}</dt>
        <dd>{row.outcome === "open" ? activity.outcomes.open : duration(row.durationMs, locale)}</dd>
        <dt>{activity.sizes}</dt>
        <dd>{activity.bytes(bytes(row.bytesIn, locale), bytes(row.bytesOut, locale))}</dd>
      </dl>
      {row.outcome === "refused" && <p>{activity.refusedHelp}</p>}
      {row.outcome === "failed" && <p>{activity.failedHelp}</p>}
      {!row.isWebSocket && (
        <div class="buttons">
          <CopyButton copy={() => ora.copyCurl({ id: row.id })}>{activity.copyCurl}</CopyButton>
        </div>
      )}
      {details?.request && (
        <CapturedPart title={activity.request} side={details.request} mayHaveBody={!row.isWebSocket} />
      )}
      {details?.response && (
        <CapturedPart title={activity.response} side={details.response} mayHaveBody={!row.isWebSocket} />
      )}
      {details !== undefined && details.request === undefined && details.response === undefined ? (
        <p class="muted small">{activity.notKept}</p>
      ) : (
        row.isWebSocket && details !== undefined && <p class="muted small">{activity.messagesNotKept}</p>
      )}
    </section>
  );
}
