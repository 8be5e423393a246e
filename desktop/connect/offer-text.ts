/** What people paste for a link or a code: the thing itself, or the whole line of the node's terminal. */

const LINE_START = /^\s*(?:encrypted_)?pairing_(?:link|code)=/;

export function withoutLineStart(text: string): string {
  return text.replace(LINE_START, "").trim();
}
