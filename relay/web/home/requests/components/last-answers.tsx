/** The answers before this one, to look at again. */
import { clockTime, duration } from "#shared/looks/format.ts";
import { shownLine } from "../body/shown-text.ts";
import type { RequestRun } from "../run/request-run.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";

export interface LastAnswersProps {
  /** Newest first. */
  readonly runs: readonly RequestRun[];
  readonly shown: RequestRun | undefined;
  readonly show: (run: RequestRun) => void;
}

const MAX_PATH = 200;

export function LastAnswers({ runs, shown, show }: LastAnswersProps) {
  const texts = useRequestsTexts();
  const { locale, outcomes } = texts;
  if (runs.length < 2) return null;
  return (
    <section class="api-last">
      <h3>{texts.lastAnswers}</h3>
      <p class="muted small">{texts.lastAnswersHelp}</p>
      <ul>
        {runs.map((run) => {
          const { method, path, phase, head, endMs, startedAt } = run.view;
          const word = phase === "failed" || phase === "cancelled" ? outcomes[phase] : outcomes.running;
          const facts = [
            phase === "done" ? head?.status : word,
            phase === "done" && endMs !== undefined && duration(endMs, locale),
            clockTime(startedAt, locale, true),
          ];
          const what = `${shownLine(method)} ${shownLine(path.slice(0, MAX_PATH))}`;
          return (
            <li key={startedAt}>
              <button
                type="button"
                class="api-last-answer"
                aria-current={run === shown || undefined}
                aria-label={`${texts.showAnswer(what)}, ${facts.filter(Boolean).join(", ")}`}
                onClick={() => show(run)}
              >
                <bdi class="mono api-last-what">{what}</bdi>
                <span class="muted small">{facts.filter(Boolean).join(" · ")}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
