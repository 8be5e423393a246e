import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeaderPair } from "./header-policy.ts";
import { ResponseParser } from "./response-parser.ts";
import { MAX_RESPONSE_HEADER_BYTES, TransportError } from "./transport.ts";

interface Heard {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly keepMs: number | undefined;
  readonly body: string;
  /** Undefined until its end. */
  readonly trailers?: readonly HeaderPair[];
  readonly isLast?: boolean;
}

const bytes = (text: string) => Buffer.from(text, "latin1");

/** What a parser makes of pieces, or the name of what it finds wrong. */
function heard(
  pieces: readonly Buffer[],
  { isBodiless = false, closes = false } = {},
): Partial<Heard> | string {
  let answer: Partial<Heard> = {};
  const parser = new ResponseParser({
    head: ({ status, headers, keepMs }) => {
      answer = { status, headers, keepMs, body: "" };
    },
    data: (chunk) => {
      answer = { ...answer, body: answer.body + chunk.toString("latin1") };
    },
    end: (trailers, isLast) => {
      answer = { ...answer, trailers, isLast };
    },
  });
  parser.expect(isBodiless);
  try {
    for (const piece of pieces) parser.read(piece);
    if (closes) parser.close();
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return error.code;
  }
  return answer;
}

const ok = (rest: string) => [bytes(`HTTP/1.1 200 OK\r\n${rest}`)];

const ANSWERS: [string, string, Partial<Heard>][] = [
  [
    "of a known length",
    "HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 4\r\n\r\n\r\n\r\n",
    { status: 200, body: "\r\n\r\n", trailers: [], isLast: false },
  ],
  [
    "in chunks",
    "HTTP/1.1 200 \r\nTransfer-Encoding: Chunked\r\n\r\n4;a=b\r\n\r\n0\r\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n00\r\n\r\n",
    { body: "\r\n0\rabcdefghijklmnopqrstuvwxyz", trailers: [], isLast: false },
  ],
  [
    "in chunks, with trailers",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0 ;last\r\nA:\t1 \r\nB:\r\n\r\n",
    {
      body: "x",
      trailers: [
        ["A", "1"],
        ["B", ""],
      ],
      isLast: false,
    },
  ],
  [
    "after interim ones",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nx",
    { status: 404, headers: [["Content-Length", "1"]], body: "x", isLast: false },
  ],
  ["without a reason or a field", "HTTP/1.1 204\r\n\r\n", { status: 204, headers: [], body: "" }],
  [
    "with a value in two lines",
    "HTTP/1.1 200 OK\r\nA: 1\r\n \t2\r\nContent-Length: 0\r\n\r\n",
    {
      headers: [
        ["A", "1 2"],
        ["Content-Length", "0"],
      ],
    },
  ],
];

describe("answers of the local API", () => {
  it.each(ANSWERS)("are the same wherever they are split: one %s", (_, text, expected) => {
    const whole = bytes(text);
    const once = heard([whole]);
    expect(once).toMatchObject(expected);
    for (let at = 0; at <= whole.length; at += 1) {
      expect(heard([whole.subarray(0, at), whole.subarray(at)])).toEqual(once);
    }
    expect(heard(Array.from(whole, (_byte, at) => whole.subarray(at, at + 1)))).toEqual(once);
  });

  it.each(ANSWERS)("show that more came than belongs to them: one %s", (_, text) => {
    expect(heard([bytes(`${text}x`)])).toBe("RemoteProtocolError");
  });

  it("end with the connection where nothing else ends them, and then alone", () => {
    const pieces = [...ok("A: 1\r\n\r\n"), bytes("all"), bytes(" of it")];
    expect(heard(pieces)).not.toHaveProperty("trailers");
    expect(heard(pieces, { closes: true })).toMatchObject({ body: "all of it", isLast: true });
    for (const cut of [
      "Content-Length: 2\r\n\r\nx",
      "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
      "A: 1\r\n",
    ]) {
      expect(heard(ok(cut), { closes: true })).not.toHaveProperty("trailers");
    }
  });

  it("have no body where none may be, whatever they say", () => {
    const says = "Transfer-Encoding: chunked\r\n\r\n";
    expect(heard(ok(says), { isBodiless: true })).toMatchObject({ body: "", trailers: [] });
    for (const status of [204, 304]) {
      expect(heard([bytes(`HTTP/1.1 ${status} x\r\n${says}`)])).toMatchObject({ status, trailers: [] });
    }
  });

  it.each([
    ["HTTP/1.1 200 OK\r\n", undefined],
    ["HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\n", 5_000],
    ["HTTP/1.1 200 OK\r\nkeep-alive: max=1,timeout=0\r\n", 0],
    ["HTTP/1.1 200 OK\r\nConnection: Keep-Alive, CLOSE\r\nKeep-Alive: timeout=5\r\n", 0],
    ["HTTP/1.0 200 OK\r\n", 0],
    ["HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", undefined],
    ["HTTP/1.1 200 OK\r\nConnection: x\r\nConnection: close\r\n", 0],
  ])("say how long their connection is kept: %j", (head, keepMs) => {
    expect(heard([bytes(`${head}Content-Length: 0\r\n\r\n`)])).toMatchObject({ keepMs });
  });

  it("keep no connection that is their end", () => {
    expect(heard(ok("Keep-Alive: timeout=5\r\n\r\n"))).toMatchObject({ keepMs: 0 });
  });
});

describe("what is no answer", () => {
  it.each([
    ["another protocol, from its first letters", "SSH"],
    ["a version to come", "HTTP/2.0 200 OK\r\n\r\n"],
    ["no status", "HTTP/1.1 OK\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["an upgrade", "HTTP/1.1 101 Switching\r\n\r\n"],
    ["a field without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n"],
    ["a field without a colon", "HTTP/1.1 200 OK\r\nabc\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n"],
    ["a line feed alone", "HTTP/1.1 200 OK\r\nA: 1\nContent-Length: 0\r\n\r\n"],
    ["a carriage return alone", "HTTP/1.1 200 OK\r\nA: 1\rB: 2\r\n\r\n"],
    ["a NUL", "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"],
    ["a first line that goes on", "HTTP/1.1 200 OK\r\n A: 1\r\n\r\n"],
    ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
    ["two equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"],
    ["a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx"],
    ["a length of another kind", "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\nx"],
    ["two framings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"],
    ["a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"],
    ["a chunk's size in other digits", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n"],
    [
      "a chunk's size with a line feed alone",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n",
    ],
    ["a chunk longer than its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n"],
    [
      "a size too large to be counted",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1".repeat(14)}\r\n`,
    ],
    ["trailers that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nabc\r\n\r\n"],
  ])("is refused: %s", (_, text) => {
    expect(heard([bytes(text)])).toBe("RemoteProtocolError");
  });

  it("is whatever comes unasked", () => {
    const parser = new ResponseParser({
      head: () => undefined,
      data: () => undefined,
      end: () => undefined,
    });
    expect(() => parser.read(bytes("HTTP/1.1 200 OK\r\n"))).toThrow(TransportError);
  });

  it("is random bytes, which never end in anything else than an error", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array)),
      fc
        .constantFrom(
          "HTTP/1.1 200 OK\r\n",
          "\r\n",
          "Content-Length: 3\r\n",
          "Transfer-Encoding: chunked\r\n",
          "3\r\n",
          "0\r\n",
          "abc",
          ":",
        )
        .map(bytes),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, closes) => {
        const apart = heard(pieces, { closes });
        const together = heard([Buffer.concat(pieces)], { closes });
        // An error may strike before or after what came with it was told.
        if (typeof apart === "string") expect(together).toBe(apart);
        else if (apart.isLast !== true && typeof together !== "string") {
          expect({ ...together, isLast: undefined }).toEqual({ ...apart, isLast: undefined });
        }
      }),
    );
  });
});

describe("limits of an answer", () => {
  const fields = (count: number) => "A:\r\n".repeat(count);

  it("hold for names and values together, in trailers too", () => {
    const value = (length: number) => "x".repeat(length - "A".length);
    const trailers = (length: number) =>
      ok(`Transfer-Encoding: chunked\r\n\r\n0\r\nA: ${value(length)}\r\n\r\n`);
    expect(heard(trailers(MAX_RESPONSE_HEADER_BYTES - 1))).toHaveProperty("trailers");
    expect(heard(trailers(MAX_RESPONSE_HEADER_BYTES))).toBe("HeadersTooLarge");
  });

  it("hold for what has come of a head that has no end", () => {
    const most = 2 * MAX_RESPONSE_HEADER_BYTES;
    const beginning = "HTTP/1.1 200 OK\r\n";
    const under = fields(Math.floor((most - beginning.length) / 4));
    expect(heard([bytes(beginning + under)])).toEqual({});
    expect(heard([bytes(beginning + under), bytes(fields(2))])).toBe("HeadersTooLarge");
  });

  it("hold for what is said of a chunk", () => {
    const chunk = (length: number) =>
      ok(`Transfer-Encoding: chunked\r\n\r\n1;${"x".repeat(length)}\r\nx\r\n`);
    expect(heard(chunk(4_096))).toMatchObject({ body: "x" });
    expect(heard(chunk(4_097))).toBe("RemoteProtocolError");
  });
});
