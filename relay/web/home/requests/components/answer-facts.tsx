/** Status, times and size of an answer, as far as they are known. */
import { bytes, duration } from "#shared/looks/format.ts";
import type { RunView } from "../run/run-view.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { statusText, statusTone } from "./status-text.ts";

export function AnswerFacts({ view }: { readonly view: RunView }) {
  const texts = useRequestsTexts();
  const { locale } = texts;
  const { head, headMs, endMs, received } = view;
  if (head === undefined) return null;
  const size = bytes(received, locale);
  const isPart = head.length !== undefined && received < head.length;
  return (
    <>
      <p class={`api-status api-status-${statusTone(head.status)}`}>
        <span class="unseen">{texts.status}: </span>
        {statusText(head.status)}
      </p>
      <dl class="api-facts">
        {headMs !== undefined && (
          <div>
            <dt>{texts.untilHead}</dt>
            <dd>{duration(headMs, locale)}</dd>
          </div>
        )}
        {endMs !== undefined && view.phase === "done" && (
          <div>
            <dt>{texts.untilEnd}</dt>
            <dd>{duration(endMs, locale)}</dd>
          </div>
        )}
        <div>
          <dt>{texts.size}</dt>
          <dd>{isPart ? texts.ofSize(size, bytes(head.length ?? 0, locale)) : size}</dd>
        </div>
      </dl>
    </>
  );
}
