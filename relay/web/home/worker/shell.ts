/** Which addresses the home page's worker answers for, and the one word that it understands. */

/** What a page tells a newer worker when its user wants it now. */
export const TAKE_OVER = "take over";

/** The addresses of the shell's files; `./` is the page itself. */
export function shellAddresses(files: readonly string[], scope: string): ReadonlySet<string> {
  return new Set(files.map((file) => new URL(file, scope).href));
}

/** Whether this is the page, whatever the query: other paths below the scope are none of ours. */
export function isPage(url: string, scope: string): boolean {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}` === scope;
}
