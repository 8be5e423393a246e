/** The ways to look at an answer, as tabs. Which there are depends on what it is; which is open is the reader's choice. */
import { useId, useMemo, useState } from "preact/hooks";
import { imageType } from "../body/body-kind.ts";
import { bodyText } from "../body/body-text.ts";
import { findJsonFault } from "../json/find-fault.ts";
import type { RequestRun } from "../run/request-run.ts";
import type { RunView } from "../run/run-view.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { EventsView } from "./events-view.tsx";
import { HeadersView } from "./headers-view.tsx";
import { HexView } from "./hex-view.tsx";
import { ImageView } from "./image-view.tsx";
import { JsonView } from "./json-view.tsx";
import { Tabs } from "./tabs.tsx";
import { TailView } from "./tail-view.tsx";
import { TextView } from "./text-view.tsx";

type ViewName = "tree" | "text" | "image" | "events" | "live" | "hex" | "headers";

export interface AnswerViewsProps {
  readonly run: RequestRun;
  readonly view: RunView;
}

export function AnswerViews({ run, view }: AnswerViewsProps) {
  const texts = useRequestsTexts();
  const id = useId();
  const [wanted, setWanted] = useState<ViewName | undefined>(() =>
    view.isLive && !run.isOver ? "live" : undefined,
  );
  const names = viewNames(view, wanted);
  const chosen = names.find((name) => name === wanted) ?? names[0] ?? "headers";
  return (
    <div class="api-views">
      <Tabs
        label={texts.views}
        panel={id}
        tabs={names.map((name) => [name, texts.viewNames[name]] as const)}
        chosen={chosen}
        choose={setWanted}
      />
      <div id={id} role="tabpanel" aria-labelledby={`${id}-${chosen}`}>
        <ChosenView name={chosen} run={run} view={view} />
      </div>
    </div>
  );
}

function viewNames(view: RunView, wanted: ViewName | undefined): readonly ViewName[] {
  const { kind, kept } = view;
  // What came at once and whole was never live to anybody, unless somebody is looking at it as such.
  const isLive = view.isLive && (!view.isWhole || wanted === "live");
  const bodies: readonly ViewName[] = kept > 0 ? ["text", "hex"] : [];
  switch (kind) {
    case "json":
      return ["tree", "text", "hex", "headers"];
    case "events":
      return ["events", ...bodies, "headers"];
    case "image":
      return ["image", "hex", "text", "headers"];
    case "text":
      return ["text", ...(isLive ? (["live"] as const) : []), "hex", "headers"];
    case "binary":
      return ["hex", "text", "headers"];
    default:
      return ["headers"];
  }
}

function ChosenView({ name, run, view }: AnswerViewsProps & { readonly name: ViewName }) {
  const { head } = view;
  const isOver = run.isOver;
  switch (name) {
    case "headers":
      return <HeadersView headers={head?.headers ?? []} />;
    case "events":
      return (
        <EventsView
          events={view.events}
          total={view.totalEvents}
          isOver={isOver}
          clear={() => run.clearLog()}
        />
      );
    case "live":
      return (
        <TailView text={view.tail} hasLost={view.hasLostTail} isOver={isOver} clear={() => run.clearLog()} />
      );
    default:
      return <KeptView name={name} run={run} view={view} />;
  }
}

/** Those that show the part of the body that is kept. */
function KeptView({ name, run, view }: AnswerViewsProps & { readonly name: ViewName }) {
  const texts = useRequestsTexts();
  const { kept, isWhole, head } = view;
  const type = head?.type;
  // A body that is still coming is read again when it has doubled, and when it has come.
  const settled = run.isOver || view.phase === "held" ? kept : 2 ** Math.floor(Math.log2(kept + 1));
  const body = useMemo(() => run.body(), [run, settled]);
  const read = useMemo(() => bodyText(body, type, isWhole), [body, type, isWhole]);
  const fault = useMemo(
    () => (name === "tree" && isWhole ? findJsonFault(read.text) : undefined),
    [name, read, isWhole],
  );
  const damaged = read.isDamaged ? read.charset : undefined;
  if (name === "hex") return <HexView bytes={body} />;
  if (name === "image") {
    const shown = imageType({ type, start: body.subarray(0, 16) });
    return shown === undefined ? null : <ImageView bytes={body} type={shown} isWhole={isWhole} />;
  }
  if (name === "text") return <TextView text={read.text} damaged={damaged} />;
  if (fault !== undefined) {
    return (
      <>
        <p class="api-note small">
          {fault.isEnd ? texts.notJsonEnd : texts.notJson(String(fault.line), String(fault.column))}
        </p>
        <TextView text={read.text} damaged={damaged} />
      </>
    );
  }
  return <JsonView text={read.text} />;
}
