import { describe, expect, it } from "vitest";
import { scriptTag } from "./script-tag.ts";

const shim = {
  script: "https://x.example/~ora/shim.js",
  hash: "sha256-abc=",
  calls: "https://x.example/~ora/",
};
const facts = (value: string) => ({
  aliases: ["http://127.0.0.1:1"],
  basePath: "",
  cookies: [{ name: "a", value, path: "/" }],
  version: 1,
});
const tag = (value: string, nonce?: string) => new TextDecoder().decode(scriptTag(facts(value), nonce, shim));
const told = (text: string) =>
  JSON.parse(
    (/data-ora="([^"]*)"/.exec(text)?.[1] ?? "").replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)),
  );

describe("the tag in documents", () => {
  it.each(['"></script><script>alert(1)</script>', "été 日本 \u2028", "&quot;&amp;", "'\\"])(
    "hands over what it is given, and nothing of it is markup: %s",
    (value) => {
      const text = tag(value);
      expect(told(text)).toEqual(facts(value));
      expect(text.match(/[<>]/g)).toHaveLength(4);
      expect(text).toMatch(/^[\x20-\x7e]*$/);
    },
  );

  it("carries the page's nonce, escaped, and the script's hash", () => {
    expect(tag("", 'n"><x')).toContain('nonce="n&#34;&#62;&#60;x"');
    expect(tag("")).toContain('integrity="sha256-abc="');
    expect(tag("")).not.toContain("nonce");
  });
});
