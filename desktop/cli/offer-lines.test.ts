import { describe, expect, it } from "vitest";
import { offerLines } from "./offer-lines.ts";
import { CHECKOUT_NAMES } from "./program-names.ts";

const shown = async (relay: string) =>
  (
    await offerLines({
      view: {
        typed: { code: "ABCD-EFGH", expiresAt: 60_000 },
        typedIsPaused: false,
      },
      link: undefined,
      relay,
      now: 0,
      qr: "none",
      names: CHECKOUT_NAMES,
    })
  ).join("\n");

describe("the line for other terminals", () => {
  it.each(["http://127.0.0.1:9010", "http://[::1]:9010", "http://localhost:9010"])(
    "promises no other machine anything of a relay at %s",
    async (relay) => {
      const text = await shown(relay);
      expect(text).toContain("  Encrypted, from another terminal of this PC:\n");
      expect(text).not.toContain("machine");
    },
  );

  it("speaks of other machines where they reach the relay", async () => {
    expect(await shown("https://relay.example")).toContain(
      "  Encrypted, from another terminal, or from any machine that reaches the relay:\n",
    );
  });
});
