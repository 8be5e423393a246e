/**
 * A body in chunks (RFC 9112 section 7.1), byte for byte as it comes in, whatever the pieces. Extensions are skipped up
 * to a bound. The fields behind the last chunk are for somebody else.
 */
import { TransportError } from "./transport.ts";

/** Far more than anybody says of a chunk. Bytes. */
const MAX_EXTENSION_BYTES = 4 * 1024;
/** Sizes above have no exact number. */
const MAX_SIZE_DIGITS = 13;

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;

export class ChunkedBody {
  private expects: "size" | "extension" | "size_lf" | "data" | "data_cr" | "data_lf" | "nothing" = "size";
  private left = 0;
  private digits = 0;
  private extension = 0;

  /** The last chunk has come. */
  get isOver(): boolean {
    return this.expects === "nothing";
  }

  /**
   * Gives the data from `from` on to `data`, and returns where it stopped: at the end, or behind the last chunk.
   * @throws TransportError `RemoteProtocolError`
   */
  read(bytes: Buffer, from: number, data: (chunk: Buffer) => void): number {
    let at = from;
    while (at < bytes.length && this.expects !== "nothing") {
      if (this.expects === "data") {
        const end = Math.min(bytes.length, at + this.left);
        this.left -= end - at;
        if (this.left === 0) this.expects = "data_cr";
        data(bytes.subarray(at, end));
        at = end;
      } else {
        this.take(bytes.readUInt8(at));
        at += 1;
      }
    }
    return at;
  }

  /** One byte that is not data. */
  private take(byte: number): void {
    switch (this.expects) {
      case "size":
        this.takeSize(byte);
        return;
      case "extension":
        this.extension += 1;
        if (byte === CR) this.expects = "size_lf";
        else if (byte === LF || this.extension > MAX_EXTENSION_BYTES) throw broken();
        return;
      case "size_lf":
        require(byte, LF);
        this.expects = this.left === 0 ? "nothing" : "data";
        return;
      case "data_cr":
        require(byte, CR);
        this.expects = "data_lf";
        return;
      case "data_lf":
        require(byte, LF);
        this.expects = "size";
        this.left = 0;
        this.digits = 0;
        this.extension = 0;
        return;
    }
  }

  private takeSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit !== undefined && this.digits < MAX_SIZE_DIGITS) {
      this.left = this.left * 16 + digit;
      this.digits += 1;
      return;
    }
    if (digit !== undefined || this.digits === 0) throw broken();
    if (byte === CR) this.expects = "size_lf";
    else if (byte === SEMICOLON || byte === SPACE || byte === TAB) this.expects = "extension";
    else throw broken();
  }
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}

function require(byte: number, expected: number): void {
  if (byte !== expected) throw broken();
}

function broken(): TransportError {
  return new TransportError("RemoteProtocolError");
}
