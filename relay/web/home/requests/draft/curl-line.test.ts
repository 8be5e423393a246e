import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONNECT_ORIGIN, curlLine } from "./curl-line.ts";
import { BLANK_BODY, BLANK_DRAFT, type BodyDraft, type RequestDraft } from "./draft.ts";

const draft = (part: Partial<RequestDraft>, body: Partial<BodyDraft> = {}): RequestDraft => ({
  ...BLANK_DRAFT,
  ...part,
  body: { ...BLANK_BODY, ...body },
});

/** What is odd in a shell, in curl and in printf. */
const ODD =
  "it's $(touch /tmp/ora-was-here) `id` \"x\" \\n %s %% !! \\\\ $HOME\n'@file'\n\ttab 日本語 ~ * ? # & | ;";

describe.skipIf(process.platform === "win32")("a draft as a curl line", () => {
  /** The words as a real shell hands them to curl, and what it pipes into it. */
  function run(line: string): { words: string[]; input: string } {
    const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; printf 'END\\0'; case " $* " in *" @- "*) cat;; esac; }; ${line}`;
    const text = execFileSync("sh", ["-c", script]).toString();
    const [words = "", input = ""] = text.split("END\0");
    return { words: words.split("\0").slice(0, -1), input };
  }

  it("asks ora-connect where it listens, and no more than that for a GET", () => {
    expect(curlLine(draft({ path: "items?a=[1]" }))).toBe(`curl --globoff '${CONNECT_ORIGIN}/items?a=[1]'`);
  });

  it("is what a shell passes on unchanged, whatever stands in the body", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const body = `${ODD}${text.replaceAll("\0", "")}`;
        const { words } = run(curlLine(draft({ method: "POST" }, { kind: "text", text: body })));
        expect(words[words.indexOf("--data-raw") + 1]).toBe(body);
      }),
      { numRuns: 25 },
    );
  });

  it("pipes a body that no argument could hold", () => {
    const text = `a\0${ODD}\0\0`;
    const { words, input } = run(curlLine(draft({ method: "PUT" }, { kind: "text", text })));
    expect(words).toContain("--data-binary");
    expect(input).toBe(text);
  });

  it("is what a shell passes on unchanged, whatever stands in path, method, headers and form", () => {
    const odd = "a'b$(id)`x`\"c\\ %";
    const { words } = run(
      curlLine(
        draft(
          {
            method: "X'Y",
            path: `/${odd}?q='`,
            headers: [
              { name: "x-a", value: odd },
              { name: "x-b", value: "" },
            ],
          },
          { kind: "form", fields: [{ name: "n'", value: odd }] },
        ),
      ),
    );
    expect(words).toEqual([
      "--request",
      "X'Y",
      "--header",
      `x-a: ${odd}`,
      "--header",
      "x-b;",
      "--data-raw",
      new URLSearchParams([["n'", odd]]).toString(),
      "--globoff",
      `${CONNECT_ORIGIN}/a'b$(id)\`x\`"c%5C%20%?q='`,
    ]);
  });

  it("names files as they are called, with nothing in the name that curl would read", () => {
    const file = new File(["x"], `it's "a;b".txt`, { type: "text/plain" });
    expect(run(curlLine(draft({ method: "POST" }, { kind: "file", file }))).words).toContain(
      `@./${file.name}`,
    );
    const form = draft({ method: "POST" }, { kind: "form", fields: [{ name: "f", value: "", file }] });
    expect(run(curlLine(form)).words).toContain(`f=@"it's \\"a;b\\".txt"`);
  });
});
