/** Server-sent events out of text in any pieces (HTML standard, section 9.2.6): what a page's `EventSource` needs. */

export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  readonly lastEventId: string;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export class EventStream {
  private rest = "";
  private isFirst = true;
  private hasReturned = false;
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
    for (let at = 0; at < this.rest.length; at += 1) {
      const code = this.rest.charCodeAt(at);
      // A carriage return has ended its line already; its line feed ends nothing.
      const isHalf = code === LINE_FEED && this.hasReturned;
      this.hasReturned = code === CARRIAGE_RETURN;
      if (code !== LINE_FEED && code !== CARRIAGE_RETURN) continue;
      const event = isHalf ? undefined : this.line(this.rest.slice(from, at));
      if (event !== undefined) events.push(event);
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
