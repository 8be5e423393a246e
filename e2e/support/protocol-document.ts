/** PROTOCOL.md as tests read it: fenced blocks by their word, tables by the section they stand in. */
import { readFileSync } from "node:fs";

export interface ProtocolDocument {
  /** The lines of every block fenced with this word, without empty ones. */
  lines(word: string): string[];
  /**
   * The rows of the first table under the heading that ends in `title`, cell by cell, without its head. Code marks and
   * the blanks around cells are left out. Throws when there is none.
   */
  table(title: string): string[][];
}

export function readProtocolDocument(): ProtocolDocument {
  const text = readFileSync(new URL("../../shared/PROTOCOL.md", import.meta.url), "utf8");
  return {
    lines(word) {
      const blocks = [...text.matchAll(new RegExp(`^\`\`\`${word}\\n([\\s\\S]*?)^\`\`\``, "gm"))];
      return blocks.flatMap(([, body = ""]) => body.split("\n")).filter((line) => line.trim() !== "");
    },
    table(title) {
      const [, section] = text.split(new RegExp(`^#+ ${title}$`, "m"));
      const [rows] = /(^\|.*\|\n)+/m.exec(section?.split(/^#+ /m)[0] ?? "") ?? [];
      if (rows === undefined) throw new Error(`no table under "${title}"`);
      return rows.trim().split("\n").slice(2).map(cells);
    },
  };
}

function cells(row: string): string[] {
  return row
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.replaceAll("`", "").trim());
}

/** A line `name = value` of a block. */
export function namedValue(line: string): [name: string, value: string] {
  const [, name = "", value = ""] = /^(\w+) += (.+)$/.exec(line) ?? [];
  if (name === "") throw new Error(`not a named value: ${line}`);
  return [name, value];
}
