import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { Mark } from "./mark.tsx";

describe("the ring's marks in the windows", () => {
  it.each(["connected", "connecting", "attention", "paused"] as const)(
    "are the drawn ones: %s",
    async (state) => {
      const drawn = await readFile(new URL(`../../assets/app/mark-${state}.svg`, import.meta.url), "utf8");
      const outline = / d="([^"]+)"/.exec(drawn)?.[1] ?? "missing";
      expect(JSON.stringify(Mark({ state, size: 32 }).props)).toContain(outline);
    },
  );
});
