/** A body byte by byte, page by page. */
import { useState } from "preact/hooks";
import { BYTES_PER_ROW, hexRows } from "../body/hex-rows.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { Pager } from "./pager.tsx";

const PAGE_BYTES = BYTES_PER_ROW * 64;

export function HexView({ bytes }: { readonly bytes: Uint8Array }) {
  const texts = useRequestsTexts();
  const pages = Math.max(1, Math.ceil(bytes.length / PAGE_BYTES));
  const [page, setPage] = useState(0);
  const at = Math.min(page, pages - 1);
  return (
    <div class="api-view">
      <Pager at={at} pages={pages} go={setPage} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard. */}
      <section class="api-hex" aria-label={texts.bytes} tabIndex={0}>
        {hexRows(bytes, at * PAGE_BYTES, (at + 1) * PAGE_BYTES).map(({ offset, hex, ascii }) => (
          <div key={offset} class="api-hex-row">
            <span class="muted">{offset}</span>
            <span>{hex}</span>
            <span aria-hidden="true">{ascii}</span>
          </div>
        ))}
      </section>
    </div>
  );
}
