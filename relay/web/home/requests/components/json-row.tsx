/** One row of a JSON tree. The tree around it has the focus and the keys; a row is for the eye and the thumb. */
import { count } from "#shared/looks/format.ts";
import { shownLine, shownText } from "../body/shown-text.ts";
import type { JsonRow, ValueRow } from "../json/json-tree.ts";
import type { RequestsTexts } from "../texts/texts.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";

/** Deeper rows stand no further to the right: there must be room for what they say. */
const MAX_INDENT = 9;
const INDENT_PX = 14;

export interface JsonRowLineProps {
  readonly row: JsonRow;
  readonly id: string;
  readonly isChosen: boolean;
  readonly press: () => void;
}

export function JsonRowLine({ row, id, isChosen, press }: JsonRowLineProps) {
  const texts = useRequestsTexts();
  const { locale } = texts;
  if (row.row === "full") {
    return (
      <div id={id} role="treeitem" aria-level={1} class="api-row small" tabIndex={-1}>
        {texts.tooManyRows}
      </div>
    );
  }
  const style = { paddingInlineStart: `${Math.min(row.depth, MAX_INDENT) * INDENT_PX}px` };
  const common = { id, style, "aria-level": row.depth + 1 };
  const names = (kind: string) => `api-row ${kind}${isChosen ? " api-row-chosen" : ""}`;
  if (row.row !== "value") {
    const lead = texts[row.row](count(row.from, locale), count(row.to, locale));
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for its rows.
      <div {...common} role="treeitem" tabIndex={-1} class={names("api-row-lead")} onClick={press}>
        {lead}
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for its rows.
    <div
      {...common}
      role="treeitem"
      tabIndex={-1}
      class={names(row.canOpen ? "api-row-open" : "api-row-leaf")}
      aria-expanded={row.canOpen ? row.isOpen : undefined}
      aria-selected={isChosen}
      aria-setsize={row.siblings}
      aria-posinset={row.index + 1}
      onClick={press}
    >
      <span class="api-twist" aria-hidden="true">
        {row.canOpen ? (row.isOpen ? "▾" : "▸") : ""}
      </span>
      {row.depth > MAX_INDENT && <span class="api-depth">{count(row.depth, locale)}</span>}
      {row.depth > 0 && (
        <bdi class="api-key">{row.name === undefined ? row.index : shownLine(row.name)}:</bdi>
      )}
      <Value row={row} texts={texts} />
      {row.value.isCut && <span class="tag tag-warn">{texts.cutHere}</span>}
    </div>
  );
}

function Value({ row, texts }: { readonly row: ValueRow; readonly texts: RequestsTexts }) {
  const { kind, count: children } = row.value;
  if (kind === "object" || kind === "array") {
    const number = count(children, texts.locale);
    const isObject = kind === "object";
    const one = isObject ? texts.oneKey : texts.oneItem;
    const words = children === 1 ? one : isObject ? texts.objectOf(number) : texts.arrayOf(number);
    return (
      <span class="api-container">
        {isObject ? "{}" : "[]"} <span class="muted">{children > 0 && words}</span>
      </span>
    );
  }
  if (kind === "string") {
    return (
      <bdi class="api-string">
        <span aria-hidden="true">"</span>
        {row.isOpen ? shownText(row.text) : shownLine(row.text)}
        <span aria-hidden="true">"</span>
      </bdi>
    );
  }
  return <bdi class={`api-${kind}`}>{shownLine(row.text)}</bdi>;
}
