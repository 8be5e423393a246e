import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeIdFromPublicKey } from "#shared/crypto/node-identity.ts";
import { formatPairingLink } from "#shared/protocol/pairing-link.ts";
import { isLinkFragment, readOffer } from "./read-offer.ts";

const RELAY = "https://relay.example/base";
const nodeId = nodeIdFromPublicKey(new Uint8Array(32).fill(7));
const offer = { route: "K".repeat(16), nodeId, secret: new Uint8Array(16) };
const link = formatPairingLink(RELAY, offer);
const fragment = link.slice(link.indexOf("#"));

describe("what a person brings", () => {
  it("is a link of this relay, whole or as its fragment", () => {
    expect(readOffer(` ${link}\n`, RELAY)).toEqual({ kind: "offer", text: link, nodeId });
    expect(readOffer(fragment, RELAY)).toEqual({ kind: "offer", text: fragment, nodeId });
  });

  it("is a code, as people type it", () => {
    expect(readOffer("k7qx 9m2t", RELAY)).toEqual({ kind: "offer", text: "k7qx 9m2t" });
  });

  it("is a link of another relay, which is named and not followed", () => {
    const other = formatPairingLink("https://other.example:8443", offer);
    expect(readOffer(other, RELAY)).toEqual({ kind: "elsewhere", host: "other.example:8443", link: other });
  });

  it.each([
    ["K7QX9-M2TAB", "plaintext_code"],
    ["", "no_code"],
    ["hello", "no_code"],
    [link.slice(0, -1), "mangled_link"],
    ["#P2", "mangled_link"],
    ["#P2.<img src=x onerror=alert(1)>", "mangled_link"],
    [fragment.replace("P2", "P3"), "old_link"],
    [`javascript:alert(1)//${fragment}`, "mangled_link"],
  ])("is none of these, and says which mistake it may be: %s", (text, trouble) => {
    expect(readOffer(text, RELAY)).toMatchObject({ kind: "none", trouble });
  });

  it("never throws and never leads anywhere but to http or https", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const read = readOffer(`${before}${fragment}${after}`, RELAY);
        if (read.kind === "elsewhere") expect(read.link).toMatch(/^https?:\/\//i);
      }),
    );
  });
});

it("a fragment that is no pairing link is none of our business", () => {
  expect(isLinkFragment(fragment)).toBe(true);
  expect(isLinkFragment("#P3.x")).toBe(true);
  expect(isLinkFragment("#p2")).toBe(true);
  expect(isLinkFragment("#something")).toBe(false);
  expect(isLinkFragment("#P")).toBe(false);
  expect(isLinkFragment("")).toBe(false);
});
