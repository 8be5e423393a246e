/** What came of a request, from the moment it was sent: progress, facts, trouble, and the body in the chosen view. */
import { Button } from "#shared/looks/button.tsx";
import { bytes, duration } from "#shared/looks/format.ts";
import { Live } from "#shared/looks/live.tsx";
import { bodyText } from "../body/body-text.ts";
import type { RequestRun } from "../run/request-run.ts";
import type { RunView } from "../run/run-view.ts";
import type { RequestsTexts } from "../texts/texts.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { AnswerFacts } from "./answer-facts.tsx";
import { AnswerViews } from "./answer-views.tsx";
import { CopyButton } from "./copy-button.tsx";
import { giveFile } from "./give-file.ts";
import { HeldNote } from "./held-note.tsx";
import { statusText } from "./status-text.ts";
import { TroubleNote } from "./trouble-note.tsx";

/** A larger text is for a file. */
const MAX_COPIED_BYTES = 256 * 1024;

export interface AnswerPanelProps {
  readonly run: RequestRun;
  readonly view: RunView;
}

export function AnswerPanel({ run, view }: AnswerPanelProps) {
  const texts = useRequestsTexts();
  const { locale } = texts;
  const { phase, head, kind, kept, trouble, savedAs } = view;
  const isSettled = run.isOver || phase === "held" || phase === "saving";
  const canShow = head !== undefined && (isSettled || view.isLive);
  const isText = kind === "json" || kind === "text";
  return (
    <section class="panel api-answer" aria-label={texts.answer} data-phase={phase}>
      {phase === "waiting" && <Waiting view={view} />}
      {/* The first thing to know is whether it is what was wanted. */}
      {trouble !== undefined && <TroubleNote trouble={trouble} />}
      {phase === "cancelled" && <p>{head === undefined ? texts.cancelledEmpty : texts.cancelled}</p>}
      <AnswerFacts view={view} />
      {head?.refusal !== undefined && <Refusal reason={head.refusal} texts={texts} />}
      <HeldNote run={run} view={view} />
      {head !== undefined && !canShow && <Coming view={view} />}
      {canShow && <AnswerViews key={`${view.startedAt}`} run={run} view={view} />}
      {kind === "empty" && phase === "done" && <p class="muted">{texts.empty}</p>}
      {run.isOver && view.received > kept && savedAs === undefined && (
        <p class="muted small">{texts.firstPart(bytes(kept, locale))}</p>
      )}
      {savedAs !== undefined && (
        <p class="small" role="status">
          {texts.savedAs(savedAs)}
        </p>
      )}
      {run.isOver && kept > 0 && (
        <div class="buttons">
          <Button press={() => run.save(giveFile)}>{view.isWhole ? texts.saveFile : texts.savePart}</Button>
          {isText && view.isWhole && kept <= MAX_COPIED_BYTES && (
            <CopyButton text={() => bodyText(run.body(), head?.type, true).text}>{texts.copyBody}</CopyButton>
          )}
        </div>
      )}
      <Live text={phase === "done" && head !== undefined ? announcement(view, texts) : ""} />
    </section>
  );
}

function Waiting({ view: { sent, toSend } }: { readonly view: RunView }) {
  const texts = useRequestsTexts();
  const isSending = toSend > 0 && sent < toSend;
  return (
    <div class="api-waiting">
      <p role="status">
        {isSending ? texts.sending(bytes(sent, texts.locale), bytes(toSend, texts.locale)) : texts.waiting}
      </p>
      {isSending && <progress max={toSend} value={sent} aria-label={texts.send} />}
      <div class="skeleton api-bone" />
      <div class="skeleton api-bone api-bone-short" />
    </div>
  );
}

/** The head is here, and the body not yet so far that it can be shown. */
function Coming({ view: { head, received } }: { readonly view: RunView }) {
  const texts = useRequestsTexts();
  const all = head?.length;
  return (
    <div class="api-waiting">
      <p role="status">{texts.reading}</p>
      <progress max={all} value={all === undefined ? undefined : received} aria-label={texts.reading} />
    </div>
  );
}

function Refusal({ reason, texts }: { readonly reason: string; readonly texts: RequestsTexts }) {
  const known = texts.refusals as Readonly<Record<string, string>>;
  return (
    <p class="api-refusal">
      <strong>{texts.refused}</strong> {Object.hasOwn(known, reason) ? known[reason] : texts.refusals.other}
    </p>
  );
}

function announcement({ head, received, endMs }: RunView, texts: RequestsTexts): string {
  const { locale } = texts;
  return texts.announce(statusText(head?.status ?? 0), bytes(received, locale), duration(endMs ?? 0, locale));
}
