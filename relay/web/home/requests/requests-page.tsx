/** The API client for one PC: loaded when it is opened. The page around it draws the name and the way back. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RelaySession } from "#shared/client/relay-client.ts";
import type { Language } from "../texts/language.ts";
import { shownLine } from "./body/shown-text.ts";
import { AnswerPanel } from "./components/answer-panel.tsx";
import { DraftActions } from "./components/draft-actions.tsx";
import { LastAnswers } from "./components/last-answers.tsx";
import { RequestForm } from "./components/request-form.tsx";
import { SavedPanel } from "./components/saved-panel.tsx";
import { useRuns } from "./components/use-runs.ts";
import { useSaved } from "./components/use-saved.ts";
import { BLANK_DRAFT, type RequestDraft } from "./draft/draft.ts";
import { keptDraft } from "./draft/kept-draft.ts";
import { outgoing } from "./draft/outgoing.ts";
import { savedStore } from "./saved/saved-store.ts";
import { requestsTexts } from "./texts/texts.ts";
import { RequestsTextsContext } from "./texts/texts-context.ts";

export interface RequestsPageProps {
  /** Whatever its state: the page around this one closes it. */
  readonly session: RelaySession;
  readonly pc: RequestsPc;
  readonly language: Language;
}

export interface RequestsPc {
  /** The PC's own id: the same as long as it is the same PC, also when it is paired anew. */
  readonly nodeId: string;
  /** As its owner calls it. Text from outside: never more than text. */
  readonly name: string;
}

export function RequestsPage({ session, pc, language }: RequestsPageProps) {
  const texts = requestsTexts(language);
  const store = useMemo(() => savedStore(globalThis.indexedDB), []);
  const kept = useMemo(() => keptDraft(() => window.sessionStorage, pc.nodeId), [pc.nodeId]);
  const [draft, setDraft] = useState(() => kept.read() ?? BLANK_DRAFT);
  const [replaced, setReplaced] = useState(BLANK_DRAFT);
  // Another request is another form: nothing of the one before stays open.
  const [opened, setOpened] = useState(0);
  const change = (next: RequestDraft) => {
    setDraft(next);
    if (next === BLANK_DRAFT || session.state.status === "revoked") kept.drop();
    else kept.keep(next);
  };
  const open = (next: RequestDraft) => {
    setReplaced(draft);
    change(next);
    setOpened((count) => count + 1);
  };
  const saved = useSaved(store, pc.nodeId);
  const runs = useRuns(session);
  const { shown, all } = runs;
  const answer = useRef<HTMLDivElement>(null);
  useEffect(() => showAnswer(answer.current), [shown]);
  const running = all[0]?.isOver === false ? all[0] : undefined;
  return (
    <RequestsTextsContext.Provider value={texts}>
      <div class="requests">
        <SavedPanel saved={saved} open={open} />
        <RequestForm
          key={opened}
          draft={draft}
          change={change}
          isRunning={running !== undefined}
          send={() => runs.send(outgoing(draft))}
          cancel={() => running?.cancel()}
        />
        <DraftActions draft={draft} replaced={replaced} open={open} saved={saved} />
        {shown === undefined ? (
          <section class="panel api-empty" aria-label={texts.answer}>
            <p>
              <strong>{texts.nothingYet}</strong>
            </p>
            <p class="muted small">{texts.nothingYetHelp(shownLine(pc.name))}</p>
          </section>
        ) : (
          <div ref={answer} class="api-place">
            <AnswerPanel run={shown} view={shown.view} />
          </div>
        )}
        <LastAnswers runs={all} shown={shown} show={runs.show} />
      </div>
    </RequestsTextsContext.Provider>
  );
}

/** On a phone the keyboard and the form leave no room for what was asked for. */
function showAnswer(answer: HTMLElement | null): void {
  if (answer === null) return;
  const { activeElement } = document;
  if (matchMedia("(pointer: coarse)").matches && activeElement instanceof HTMLInputElement)
    activeElement.blur();
  if (answer.getBoundingClientRect().top > innerHeight / 2) answer.scrollIntoView({ block: "start" });
}
