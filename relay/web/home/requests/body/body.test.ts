import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyKind, imageType } from "./body-kind.ts";
import { bodyText } from "./body-text.ts";
import { fileName } from "./file-name.ts";
import { hexRows } from "./hex-rows.ts";
import { shownLine, shownText } from "./shown-text.ts";
import { pageStarts } from "./text-pages.ts";

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe("what a body is", () => {
  it.each([
    ["application/json; charset=utf-8", "{}", "json"],
    ["application/problem+json", "{}", "json"],
    ["text/html", "<script>", "text"],
    ["application/xhtml+xml", "<x/>", "text"],
    ["image/svg+xml", "<svg/>", "image"],
    ["image/png", "not one", "image"],
    ["image/tiff", "x", "binary"],
    ["text/event-stream", "", "events"],
    ["application/pdf", "%PDF", "binary"],
    ["application/x-ndjson", "{}\n{}", "text"],
    ["text/plain", "", "empty"],
    [undefined, ' {"a":1}', "json"],
    [undefined, "hello", "text"],
    ["application/octet-stream", "\x89PNG\r\n\x1a\n", "image"],
    ["application/octet-stream", "\0\x01", "binary"],
    [undefined, "\xff\xfe\xfd\xfc", "binary"],
  ])("%s, %j: %s", (type, start, kind) => {
    expect(bodyKind({ type, start: bytes(start) })).toBe(kind);
  });

  it("is an image only by a type that an image element shows", () => {
    expect(imageType({ type: "text/html", start: bytes("GIF89a") })).toBeUndefined();
    expect(imageType({ type: "IMAGE/SVG+XML; x", start: bytes("<svg>") })).toBe("image/svg+xml");
    fc.assert(fc.property(fc.string(), fc.uint8Array(), (type, start) => void bodyKind({ type, start })));
  });
});

describe("a body as text", () => {
  it("is read in the charset that the API names, and in UTF-8 when nobody knows that", () => {
    expect(bodyText(bytes("\x82\xa0"), "text/plain; charset=Shift_JIS", true)).toMatchObject({
      text: "あ",
      isDamaged: false,
      charset: "shift_jis",
    });
    expect(bodyText(bytes("a"), "text/plain; charset=nonsense", true).charset).toBe("utf-8");
  });

  it("tells when bytes are no text, but not when we cut a character ourselves", () => {
    expect(bodyText(bytes("a\xffb"), undefined, true)).toMatchObject({ text: "a\ufffdb", isDamaged: true });
    const cut = new TextEncoder().encode("aé").subarray(0, 2);
    expect(bodyText(cut, undefined, false)).toMatchObject({ text: "a", isDamaged: false });
    expect(bodyText(cut, undefined, true).isDamaged).toBe(true);
  });
});

describe("foreign text", () => {
  it("cannot turn its surroundings about, nor hide", () => {
    expect(shownText("a\u202eb\u2066c\u200bd\ufeff")).toBe("a[U+202E]b[U+2066]c[U+200B]d[U+FEFF]");
    expect(shownText("\u{e0041}")).toBe("[U+E0041]");
    expect(shownText("x\0\u001b[31m\u0085")).toBe("x\u2400\u241b[31m[U+0085]");
    expect(shownText(`z${"\u0300".repeat(50)}`)).toHaveLength(5);
    expect(shownText("\ud800!")).toBe("\ufffd!");
  });

  it("stays what it is where it can be read", () => {
    for (const text of ["日本語 العربية עברית", "👩‍👩‍👧", "a\tb\nc", "é"]) expect(shownText(text)).toBe(text);
    expect(shownText("a\r\nb\rc")).toBe("a\nb\nc");
    expect(shownLine("a\nb\tc")).toBe("a\u240ab\u2409c");
  });
});

describe("the pages of a long text", () => {
  it("join to the text, and none is longer than a page", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "\n", "😀", "é") }),
        fc.integer({ min: 2, max: 9 }),
        (text, size) => {
          const starts = pageStarts(text, size);
          const pages = starts.map((start, at) => text.slice(start, starts[at + 1]));
          expect(pages.join("")).toBe(text);
          for (const page of pages) {
            expect(page.length).toBeLessThanOrEqual(size);
            expect(page).not.toMatch(/^[\udc00-\udfff]/);
          }
        },
      ),
    );
  });
});

describe("bytes in hexadecimal", () => {
  it("show every byte of the part that is asked for", () => {
    expect(hexRows(bytes("Hello\0\xff world"), 0, 16)).toEqual([
      { offset: "0000", hex: "48 65 6c 6c 6f 00 ff 20", ascii: "Hello.. " },
      { offset: "0008", hex: "77 6f 72 6c 64", ascii: "world" },
    ]);
    expect(hexRows(bytes("0123456789"), 8, 9)).toEqual([{ offset: "0008", hex: "38", ascii: "8" }]);
    expect(hexRows(new Uint8Array(0), 0, 8)).toEqual([]);
  });
});

describe("the name of a saved body", () => {
  const named = (path: string, disposition?: string, type?: string) => fileName({ path, type, disposition });

  it.each([
    ["/a/report.pdf?x=/y.exe", undefined, undefined, "report.pdf"],
    ["/items/7", undefined, "application/json; charset=utf-8", "7.json"],
    ["/", undefined, "text/html", "answer.html"],
    ["/x", 'attachment; filename="a b.txt"', undefined, "a b.txt"],
    ["/x", "attachment; filename=plain.txt", undefined, "plain.txt"],
    ["/x", "attachment; filename=\"no\"; filename*=UTF-8''%E6%97%A5.txt", undefined, "日.txt"],
    ["/x", 'attachment; filename="../../etc/passwd"', undefined, "passwd"],
    ["/x", 'attachment; filename="..\\\\evil\\\\.bashrc"', undefined, "bashrc"],
    ["/x", 'attachment; filename="a\u202etxt.exe"', undefined, "atxt.exe"],
    ["/%2e%2e%2f%2e%2e%2fx%00y", undefined, undefined, "xy.bin"],
  ])("%s with %s: %s", (path, disposition, type, name) => {
    expect(named(path, disposition, type)).toBe(name);
  });

  it("is a name whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (path, name) => {
        expect(named(path, `attachment; filename="${name}"`)).toMatch(/^[^/\\\p{Cc}]{1,110}$/u);
      }),
    );
  });
});
