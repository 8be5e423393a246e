import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonTree, LONG_CHARS, MAX_ROWS, SHORT_CHARS, type ValueRow, WINDOW } from "./json-tree.ts";

const values = (tree: JsonTree) => tree.rows().filter((row): row is ValueRow => row.row === "value");
const named = (tree: JsonTree, name: string) => values(tree).find((row) => row.name === name);
function toggle(tree: JsonTree, row: ValueRow | undefined): void {
  if (row === undefined) throw new Error("no such row");
  tree.toggle(row);
}

/** What the rows say, put together again. */
function rebuilt(rows: ValueRow[]): unknown {
  const [row] = rows.splice(0, 1);
  if (row === undefined) return undefined;
  const { kind } = row.value;
  if (kind === "string") return row.text;
  if (kind !== "object" && kind !== "array") return JSON.parse(row.text);
  const children: [string | undefined, unknown][] = [];
  while ((rows[0]?.depth ?? 0) > row.depth) children.push([rows[0]?.name, rebuilt(rows)]);
  if (kind === "array") return children.map(([, value]) => value);
  const object: Record<string, unknown> = {};
  for (const [name, value] of children) {
    Object.defineProperty(object, name ?? "", {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

describe("a JSON tree", () => {
  it("says what the text says, when everything is opened", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4, stringUnit: "binary" }),
        fc.constantFrom(undefined, 2),
        (json, indent) => {
          const text = JSON.stringify(JSON.parse(json), null, indent);
          const tree = new JsonTree(text);
          for (let closed = values(tree).find((row) => row.canOpen && !row.isOpen); closed !== undefined; ) {
            tree.toggle(closed);
            closed = values(tree).find((row) => row.canOpen && !row.isOpen);
          }
          expect(rebuilt(values(tree))).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it("keeps numbers as they were written, and doubled keys two", () => {
    const tree = new JsonTree('{"id": 12345678901234567890, "x": 1.0, "x": 2e400}');
    expect(values(tree).map(({ name, text }) => [name, text])).toEqual([
      [undefined, ""],
      ["id", "12345678901234567890"],
      ["x", "1.0"],
      ["x", "2e400"],
    ]);
  });

  it("opens what is near when it is small, and counts what is not open", () => {
    const small = new JsonTree('{"a": {"b": [1, 2]}}');
    expect(values(small)).toHaveLength(5);
    const large = new JsonTree(
      JSON.stringify({ list: Array.from({ length: 500 }, (_, at) => at), more: {} }),
    );
    expect(values(large).map(({ name, value }) => [name, value.count])).toEqual([
      [undefined, 2],
      ["list", 500],
      ["more", 0],
    ]);
  });

  it("shows a hundred children at once, and leads back and forth", () => {
    const tree = new JsonTree(JSON.stringify(Array.from({ length: 250 }, (_, at) => `v${at}`)));
    const shown = () =>
      tree
        .rows()
        .map((row) =>
          row.row === "value" ? row.text : `${row.row} ${"from" in row ? `${row.from}-${row.to}` : ""}`,
        );
    const turn = (to: "earlier" | "later") => {
      const row = tree.rows().find((other) => other.row === to);
      if (row?.row === to) tree.turn(row);
    };
    expect(shown()).toEqual(["", ...Array.from({ length: WINDOW }, (_, at) => `v${at}`), "later 101-200"]);
    turn("later");
    turn("later");
    expect(shown()).toEqual([
      "",
      "earlier 101-200",
      ...Array.from({ length: 50 }, (_, at) => `v${200 + at}`),
    ]);
    turn("earlier");
    expect(shown()[1]).toBe("earlier 1-100");
    expect(shown().at(-1)).toBe("later 201-250");
    turn("earlier");
    expect(shown()[1]).toBe("v0");
  });

  it("never has more rows than it may, however much is open", () => {
    const inner = Array.from({ length: WINDOW }, (_, at) => at);
    const tree = new JsonTree(JSON.stringify(Array.from({ length: WINDOW }, () => inner)));
    for (const row of values(tree).slice(1)) if (!row.isOpen) tree.toggle(row);
    expect(tree.rows()).toHaveLength(MAX_ROWS + 1);
    expect(tree.rows().at(-1)?.row).toBe("full");
  });

  it("opens ten thousand levels one after the other", () => {
    const depth = 10_000;
    const tree = new JsonTree(`${"[".repeat(depth)}1${"]".repeat(depth)}`);
    for (let level = 0; level < 100; level += 1) {
      const row = values(tree).at(-1);
      if (row?.canOpen && !row.isOpen) tree.toggle(row);
    }
    expect(values(tree).length).toBeGreaterThan(100);
    expect(values(tree).at(-1)?.depth).toBe(values(tree).length - 1);
  });

  it("shows the beginning of a long string, and more of it when it is opened", () => {
    const tree = new JsonTree(
      JSON.stringify({ long: "\u00e9\n".repeat(LONG_CHARS), fits: "x".repeat(SHORT_CHARS - 2) }),
    );
    expect(named(tree, "fits")).toMatchObject({ canOpen: false, text: "x".repeat(SHORT_CHARS - 2) });
    expect(named(tree, "long")?.text).toHaveLength(SHORT_CHARS + 1);
    toggle(tree, named(tree, "long"));
    expect(named(tree, "long")?.text).toHaveLength(LONG_CHARS + 1);
    toggle(tree, named(tree, "long"));
    expect(named(tree, "long")?.isOpen).toBe(false);
  });

  it("shows what came of a text that was cut anywhere, and stands any other text", () => {
    const text = JSON.stringify({ a: [1, { b: 'c\\"d' }], "e\\": null, f: "g" });
    for (let end = 0; end <= text.length; end += 1) {
      const tree = new JsonTree(text.slice(0, end));
      expect(values(tree).length).toBeGreaterThan(0);
      if (end > 10 && end < text.length) expect(values(tree)[0]?.value.isCut).toBe(true);
    }
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("[", "]", "{", "}", ",", ":", '"', "\\", "1", " ", "x")),
        (pieces) => {
          const tree = new JsonTree(pieces.join(""));
          for (const row of values(tree)) tree.toggle(row);
          tree.rows();
        },
      ),
    );
  });
});
