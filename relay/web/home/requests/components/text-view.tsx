/** A body as text, page by page, and as nothing but text. */
import { useMemo, useState } from "preact/hooks";
import { shownText } from "../body/shown-text.ts";
import { pageStarts } from "../body/text-pages.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { Pager } from "./pager.tsx";

export function TextView({ text, damaged }: { readonly text: string; readonly damaged: string | undefined }) {
  const texts = useRequestsTexts();
  const starts = useMemo(() => pageStarts(text), [text]);
  const [page, setPage] = useState(0);
  const at = Math.min(page, starts.length - 1);
  return (
    <div class="api-view">
      {damaged !== undefined && <p class="small api-note">{texts.damaged(damaged)}</p>}
      <Pager at={at} pages={starts.length} go={setPage} />
      <pre class="api-text">{shownText(text.slice(starts[at], starts[at + 1]))}</pre>
      {starts.length > 1 && <Pager at={at} pages={starts.length} go={setPage} />}
    </div>
  );
}
