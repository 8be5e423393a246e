/**
 * A JSON answer as a tree that is opened row by row. It has one place in the tab order and is walked by the arrow keys;
 * the row that is meant is told by `aria-activedescendant`.
 */
import { useEffect, useId, useMemo, useState } from "preact/hooks";
import { type JsonRow, JsonTree } from "../json/json-tree.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { JsonRowLine } from "./json-row.tsx";

export function JsonView({ text }: { readonly text: string }) {
  const texts = useRequestsTexts();
  const id = useId();
  const tree = useMemo(() => new JsonTree(text), [text]);
  const [, draw] = useState(0);
  const [chosen, setChosen] = useState<string | undefined>();
  const rows = tree.rows();
  const at = rows.findIndex((row) => row.id === chosen);
  const elementId = (row: JsonRow) => `${id}-${row.id}`;

  useEffect(() => {
    const row = rows[at];
    if (row !== undefined) document.getElementById(elementId(row))?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const press = (row: JsonRow) => {
    setChosen(row.id);
    if (row.row === "full") return;
    if (row.row !== "value") tree.turn(row);
    else if (row.canOpen) tree.toggle(row);
    draw((count) => count + 1);
  };

  const walk = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rows[at];
    const isValue = row?.row === "value";
    const move = (to: number) => {
      event.preventDefault();
      setChosen(rows[Math.min(rows.length - 1, Math.max(0, to))]?.id);
    };
    switch (event.key) {
      case "ArrowDown":
        return move(at + 1);
      case "ArrowUp":
        return move(at < 0 ? 0 : at - 1);
      case "Home":
        return move(0);
      case "End":
        return move(rows.length - 1);
      case "ArrowRight":
        if (!isValue) return undefined;
        if (row.canOpen && !row.isOpen) press(row);
        return row.isOpen ? move(at + 1) : event.preventDefault();
      case "ArrowLeft": {
        if (isValue && row.isOpen) {
          event.preventDefault();
          return press(row);
        }
        const depth = row?.depth ?? 0;
        const parent = rows.findLastIndex((other, index) => index < at && other.depth < depth);
        return parent < 0 ? undefined : move(parent);
      }
      case "Enter":
      case " ":
        event.preventDefault();
        return row === undefined ? undefined : press(row);
      default:
        return undefined;
    }
  };

  return (
    <div
      class="api-tree mono"
      role="tree"
      tabIndex={0}
      aria-label={texts.tree}
      aria-activedescendant={rows[at] === undefined ? undefined : elementId(rows[at])}
      onKeyDown={walk}
      onFocus={() => chosen ?? setChosen(rows[0]?.id)}
    >
      {rows.map((row) => (
        <JsonRowLine
          key={row.id}
          row={row}
          id={elementId(row)}
          isChosen={row.id === chosen}
          press={() => press(row)}
        />
      ))}
    </div>
  );
}
