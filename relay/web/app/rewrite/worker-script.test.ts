import { describe, expect, it } from "vitest";
import { prefixScript } from "./worker-script.ts";

async function prefixed(script: string, step: number): Promise<string> {
  const bytes = Buffer.from(script);
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += step) controller.enqueue(bytes.subarray(at, at + step));
      controller.close();
    },
  });
  return new Response(source.pipeThrough(prefixScript("ours();"))).text();
}

describe("a worker's script with ours before it", () => {
  it.each([
    ["theirs()", "ours();theirs()"],
    ["", "ours();"],
    ["\ufefftheirs()", "ours();theirs()"],
    ['"use strict"; theirs()', '"use strict";ours();"use strict"; theirs()'],
    ["/* a */ // b\n'use strict'\n", "\"use strict\";ours();/* a */ // b\n'use strict'\n"],
    ["x = 'use strict'", "ours();x = 'use strict'"],
    ["x".repeat(9_000), `ours();${"x".repeat(9_000)}`],
  ])("keeps every byte: %s", async (script, result) => {
    expect(await prefixed(script, 1)).toBe(result);
    expect(await prefixed(script, 10_000)).toBe(result);
  });
});
