/**
 * Server-sent events (HTML standard, section 9.2.6) out of text that comes in any pieces. What waits for its end is
 * bounded: a line or event that does not end is cut, marked so, and the next one is read as if nothing had been.
 */

/** Of one event's data, and of one line. UTF-16 units. */
export const MAX_EVENT_CHARS = 65_536;

export interface ServerEvent {
  /** `message` where the API names none. */
  readonly type: string;
  /** The last id that was sent, also by an earlier event. */
  readonly id: string;
  readonly data: string;
  readonly isCut: boolean;
}

const LINE_END = /\r\n|\r|\n/g;

export class EventParser {
  private line = "";
  private isLineCut = false;
  private endedWithCr = false;
  private isFirst = true;
  private type = "";
  private lastId = "";
  private data: string[] = [];
  private dataLength = 0;
  private isCut = false;

  /** The events that are whole now. */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    if (text === "") return events;
    // A carriage return has ended its line already; its line feed ends nothing.
    let from = this.endedWithCr && text[0] === "\n" ? 1 : 0;
    if (this.isFirst && text.charCodeAt(0) === 0xfeff) from = 1;
    this.isFirst = false;
    this.endedWithCr = text.endsWith("\r");
    LINE_END.lastIndex = from;
    for (let end = LINE_END.exec(text); end !== null; end = LINE_END.exec(text)) {
      this.keep(text.slice(from, end.index));
      from = LINE_END.lastIndex;
      const event = this.endLine();
      if (event !== undefined) events.push(event);
    }
    this.keep(text.slice(from));
    return events;
  }

  private keep(piece: string): void {
    const room = MAX_EVENT_CHARS - this.line.length;
    if (piece.length > room) this.isLineCut = true;
    this.line += piece.slice(0, room);
  }

  private endLine(): ServerEvent | undefined {
    const { line, isLineCut } = this;
    this.line = "";
    this.isLineCut = false;
    if (line === "") return this.endEvent();
    if (isLineCut) this.isCut = true;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.addData(value);
    else if (field === "event") this.type = value;
    else if (field === "id" && !value.includes("\0")) this.lastId = value;
    return undefined;
  }

  private addData(value: string): void {
    const room = MAX_EVENT_CHARS - this.dataLength;
    if (value.length > room) this.isCut = true;
    // Lines without text count too, or there would be no end of them.
    if (room > 0) this.data.push(value.slice(0, room));
    else this.isCut = true;
    this.dataLength += value.length + 1;
  }

  private endEvent(): ServerEvent | undefined {
    const { data, type, lastId: id, isCut } = this;
    this.data = [];
    this.dataLength = 0;
    this.type = "";
    this.isCut = false;
    return data.length === 0 ? undefined : { type: type || "message", id, data: data.join("\n"), isCut };
  }
}
