/** The newest part of a text that goes on and on; older lines make room. */

/** UTF-16 units. */
export const MAX_TAIL_CHARS = 50_000;

export class TextLog {
  private tail = "";
  private isShortened = false;

  get text(): string {
    return this.tail;
  }

  /** Whether something came before what is here. */
  get hasLost(): boolean {
    return this.isShortened;
  }

  add(text: string): void {
    this.tail += text.length > MAX_TAIL_CHARS ? text.slice(-MAX_TAIL_CHARS) : text;
    if (text.length <= MAX_TAIL_CHARS && this.tail.length <= MAX_TAIL_CHARS) return;
    this.isShortened = true;
    const from = Math.max(0, this.tail.length - MAX_TAIL_CHARS);
    const line = this.tail.indexOf("\n", from) + 1;
    // A line that is longer than the room is cut in the middle.
    this.tail = this.tail.slice(line > 0 && line < this.tail.length ? line : from);
  }

  clear(): void {
    this.tail = "";
    this.isShortened = false;
  }
}
