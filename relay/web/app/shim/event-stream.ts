/** Server-sent events out of text in any pieces (HTML standard, section 9.2.6): what a page's `EventSource` needs. */

export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  readonly lastEventId: string;
}

export class EventStream {
  private rest = "";
  private isFirst = true;
  private type = "";
  private data = "";
  private id: string;
  private hasData = false;
  private retry: number | undefined;

  constructor(lastEventId: string) {
    this.id = lastEventId;
  }

  get lastEventId(): string {
    return this.id;
  }

  /** What the server asked for, in milliseconds. */
  get retryMs(): number | undefined {
    return this.retry;
  }

  /** The events that are whole now. */
  push(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    this.rest += text;
    if (this.isFirst && this.rest !== "") {
      this.rest = this.rest.replace(/^\ufeff/, "");
      this.isFirst = false;
    }
    let from = 0;
    // A carriage return at the end may be half of a line's end.
    const end = this.rest.endsWith("\r") ? this.rest.length - 1 : this.rest.length;
    for (let at = from; at < end; at += 1) {
      const code = this.rest.charCodeAt(at);
      if (code !== 10 && code !== 13) continue;
      const event = this.line(this.rest.slice(from, at));
      if (event !== undefined) events.push(event);
      if (code === 13 && this.rest.charCodeAt(at + 1) === 10) at += 1;
      from = at + 1;
    }
    this.rest = this.rest.slice(from);
    return events;
  }

  private line(line: string): StreamEvent | undefined {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.type = value;
    else if (field === "data") {
      this.data += this.hasData ? `\n${value}` : value;
      this.hasData = true;
    } else if (field === "id" && !value.includes("\0")) this.id = value;
    else if (field === "retry" && /^\d{1,9}$/.test(value)) this.retry = Number(value);
    return undefined;
  }

  private dispatch(): StreamEvent | undefined {
    const { type, data, hasData, id } = this;
    this.type = "";
    this.data = "";
    this.hasData = false;
    return hasData ? { type: type === "" ? "message" : type, data, lastEventId: id } : undefined;
  }
}
