/** JSON on lines of its own, two spaces a level. Only white space changes: numbers, escapes and the order of keys stay as they were written. */

const TOKEN = /[{}[\],:]|[^\s{}[\],:"]+|"/g;
/** Deeper levels are set in no further: the text would be spaces alone. */
const MAX_INDENT_LEVELS = 40;

/** The text must be JSON. */
export function formatJson(text: string): string {
  const tokens = tokensOf(text);
  const lines: string[] = [];
  let depth = 0;
  const newLine = () => lines.push(`\n${"  ".repeat(Math.min(depth, MAX_INDENT_LEVELS))}`);
  for (const [at, token] of tokens.entries()) {
    if (token === "{" || token === "[") {
      lines.push(token);
      depth += 1;
      if (!isClosing(tokens[at + 1])) newLine();
    } else if (isClosing(token)) {
      depth -= 1;
      if (!/^[{[]$/.test(tokens[at - 1] ?? "")) newLine();
      lines.push(token);
    } else if (token === ",") {
      lines.push(token);
      newLine();
    } else {
      lines.push(token === ":" ? ": " : token);
    }
  }
  return lines.join("");
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    if (found[0] === '"') TOKEN.lastIndex = endOfString(text, found.index);
    tokens.push(text.slice(found.index, TOKEN.lastIndex));
  }
  return tokens;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isClosing(token: string | undefined): boolean {
  return token === "}" || token === "]";
}
