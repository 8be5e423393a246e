import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { injectTag, MAX_HELD_BYTES } from "./html-injector.ts";

const TAG = "<SHIM>";

async function inject(chunks: readonly Uint8Array[]): Promise<Buffer> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const out: Uint8Array[] = [];
  const reader = source.pipeThrough(injectTag(Buffer.from(TAG))).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(out);
    out.push(value);
  }
}

const whole = async (html: string) => (await inject([Buffer.from(html, "latin1")])).toString("latin1");

/** `|` is where the tag belongs. */
const PAGES = [
  "<!doctype html><html><head>|<title>x</title></head></html>",
  '<!DOCTYPE html>\n<html lang="en">\n<head data-x="a>b">|\n<meta charset="utf-8">',
  "<html>|<body>no head</body></html>",
  "<!doctype html>|<title>no html, no head</title>",
  "<!doctype html>|",
  "|<p>nothing but a paragraph",
  "|text alone",
  "|< 3 is text",
  "<!-- a comment <head> --><!doctype html><!-- another --><html><!----><head>|<script></script>",
  "<!--><!doctype html>|<p>",
  "<!---><html>|<p>",
  "<!-- x --!><html>|<p>",
  "<?xml version='1.0'?><!doctype html><html xmlns='x'><head>|",
  "\xef\xbb\xbf|<p>with a byte order mark",
  "\xef\xbb\xbf<!doctype html><head>|x",
  "|<header>is no head</header>",
  "<html>|</head>",
  "<HTML><HEAD>|<BODY>",
  "<!doctype html>|\xe9t\xe9 in latin-1",
  "<!doctype html>|<!-- a comment that does not end",
  "<html class='>' id=x>|<body>",
  "<html a'b=>|c'>",
] as const;

describe("a tag put into HTML", () => {
  it.each(PAGES)("goes to its place: %s", async (page) => {
    expect(await whole(page.replace("|", ""))).toBe(page.replace("|", TAG));
  });

  it.each(PAGES)("goes there however the page was cut: %s", async (page) => {
    const bytes = Buffer.from(page.replace("|", ""), "latin1");
    for (let at = 1; at < bytes.length; at += 1) {
      const cut = await inject([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(cut.toString("latin1")).toBe(page.replace("|", TAG));
    }
    const single = await inject([...bytes].map((byte) => Uint8Array.of(byte)));
    expect(single.toString("latin1")).toBe(page.replace("|", TAG));
  });

  it.each([
    Buffer.from("\ufeff<!doctype html><head>", "utf16le"),
    Buffer.from("\ufeff<!doctype html><head>", "utf16le").swap16(),
    Buffer.from("<!doctype html><head>", "utf16le"),
    Buffer.from("<!doctype html><head>", "utf16le").swap16(),
    Buffer.alloc(0),
  ])("is not put into UTF-16 and nothing (%#)", async (bytes) => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(await inject([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(bytes);
    }
  });

  it("waits for the end of a long comment, and not for ever", async () => {
    const comment = (length: number) => `<!--${"x".repeat(length - 7)}-->`;
    const fits = `${comment(MAX_HELD_BYTES - 30)}<!doctype html><head>`;
    expect(await whole(`${fits}<p>`)).toBe(`${fits}${TAG}<p>`);
    const tooLong = `<!doctype html>${comment(MAX_HELD_BYTES)}<head>`;
    const chunks = [...Buffer.from(tooLong)].map((byte) => Uint8Array.of(byte));
    expect(String(await inject(chunks))).toBe(tooLong.replace("<!doctype html>", `<!doctype html>${TAG}`));
  });

  it("lets everything behind it through as it came, without holding it back", async () => {
    const stream = injectTag(Buffer.from(TAG));
    const writer = stream.writable.getWriter();
    const reader = stream.readable.getReader();
    const read = async () => Buffer.from((await reader.read()).value ?? []).toString();
    void writer.write(Buffer.from("<html><head>"));
    expect([await read(), await read()]).toEqual(["<html><head>", TAG]);
    const chunk = Buffer.from("endless");
    void writer.write(chunk);
    expect(await read()).toBe("endless");
  });

  it("changes no byte of whatever comes, however it is cut", async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc
        .constantFrom(..."<!-- --> <head> <html> <!doctype html> <script> > < \" ' = <! <? </".split(" "))
        .map((text) => Uint8Array.from(Buffer.from(text))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (chunks) => {
        const all = Buffer.concat(chunks);
        const out = await inject(chunks);
        const once = await inject([all]);
        expect(out.equals(once)).toBe(true);
        const at = out.indexOf(TAG);
        const without = at < 0 ? out : Buffer.concat([out.subarray(0, at), out.subarray(at + TAG.length)]);
        expect(without.equals(all)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
