import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeIdFromPublicKey } from "#shared/crypto/node-identity.ts";
import { formatPairingLink, MAX_LINK_LENGTH, parsePairingLink } from "./pairing-link.ts";
import { MAX_RELAY_URL_LENGTH } from "./relay-url.ts";

const nodePublicKey = Uint8Array.from({ length: 32 }, (_, index) => index);
const offer = {
  route: "0123456789ABCDEF",
  nodeId: nodeIdFromPublicKey(nodePublicKey),
  secret: Uint8Array.from({ length: 16 }, (_, index) => 255 - index),
};
const FRAGMENT =
  "P2.0123456789ABCDEF.AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ.777P37H37L47R57W6X2PH4XR6A";

describe("a pairing link", () => {
  it("is written in upper case behind the relay's address, base path included", () => {
    expect(formatPairingLink("https://relay.example", offer)).toBe(`https://relay.example/#${FRAGMENT}`);
    expect(formatPairingLink("http://192.168.1.5:9010/some/Path/", offer)).toBe(
      `http://192.168.1.5:9010/some/Path/#${FRAGMENT}`,
    );
  });

  it("is read with any address, in either case, with or without the slash", () => {
    const expected = { ...offer, nodePublicKey, relayUrl: "https://relay.example" };
    expect(parsePairingLink(`https://relay.example/#${FRAGMENT}`)).toEqual(expected);
    expect(parsePairingLink(`https://relay.example#${FRAGMENT}`)).toEqual(expected);
    expect(parsePairingLink(` HTTPS://RELAY.EXAMPLE/#${FRAGMENT.toLowerCase()}\n`)).toEqual(expected);
    expect(parsePairingLink(`http://[::1]:9010/#${FRAGMENT}`)?.relayUrl).toBe("http://[::1]:9010");
    for (const place of ["https://example.org/Relay", "https://example.org/Relay/"]) {
      expect(parsePairingLink(`${place}#${FRAGMENT}`)?.relayUrl).toBe("https://example.org/Relay");
    }
  });

  it("is read from its bare fragment, which names no relay", () => {
    const expected = { ...offer, nodePublicKey, relayUrl: undefined };
    expect(parsePairingLink(FRAGMENT)).toEqual(expected);
    expect(parsePairingLink(`#${FRAGMENT.toLowerCase()}`)).toEqual(expected);
  });

  it("is refused for any other scheme, query or credentials", () => {
    const places = [
      "ftp://relay.example/",
      "wss://relay.example/",
      "javascript:",
      "https://relay.example/?a=1",
    ];
    for (const place of [
      ...places,
      "https://me:pw@relay.example/",
      "relay.example/",
      "https://",
      "//relay.example/",
    ]) {
      expect(parsePairingLink(`${place}#${FRAGMENT}`), place).toBeUndefined();
    }
  });

  it("is refused when a part is missing, too long, foreign or not canonical", () => {
    const [version, route, nodeId, secret] = FRAGMENT.split(".");
    const fragments = [
      "",
      "P2",
      "P2...",
      [version, route, nodeId].join("."),
      [version, route, nodeId, secret, ""].join("."),
      ["P1", route, nodeId, secret].join("."),
      [version, "K7QX", nodeId, secret].join("."),
      [version, "O123456789ABCDEF", nodeId, secret].join("."),
      [version, route, `${nodeId}A`, secret].join("."),
      [version, route, `${nodeId?.slice(0, -1)}R`, secret].join("."),
      [version, route, nodeId, secret?.slice(1)].join("."),
      [version, route, nodeId, `${secret}A`].join("."),
      [version, route, nodeId, `${secret?.slice(0, -1)}B`].join("."),
      `${FRAGMENT}#`,
      FRAGMENT.replace("Q", "%51"),
      FRAGMENT.replace("P2", "P2\t"),
      FRAGMENT.replace("K", "\u212a"),
    ];
    for (const fragment of fragments) expect(parsePairingLink(fragment), fragment).toBeUndefined();
  });

  it("is looked at up to its longest length and no further", () => {
    const long = (length: number) => `${" ".repeat(length - FRAGMENT.length)}${FRAGMENT}`;
    expect(parsePairingLink(long(MAX_LINK_LENGTH))).toBeDefined();
    expect(parsePairingLink(long(MAX_LINK_LENGTH + 1))).toBeUndefined();
  });

  it("survives writing and reading", () => {
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const secret = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(key, secret, (publicKey, bytes) => {
        const made = { ...offer, nodeId: nodeIdFromPublicKey(publicKey), secret: bytes };
        const read = parsePairingLink(formatPairingLink("https://relay.example", made));
        expect(read).toEqual({ ...made, nodePublicKey: publicKey, relayUrl: "https://relay.example" });
      }),
    );
  });

  it("never throws when read", () => {
    const nearly = fc.string({ unit: fc.constantFrom(..."P2.#:/@?https0AQ% "), maxLength: 140 });
    const text = fc.oneof(nearly, fc.string({ unit: "binary" }), fc.webUrl({ withFragments: true }));
    fc.assert(fc.property(text, (candidate) => void parsePairingLink(candidate)));
  });

  it("is not longer than may be read, for the longest address there is", () => {
    const longest = "https://relay.example/".padEnd(MAX_RELAY_URL_LENGTH, "a");
    const link = formatPairingLink(longest, offer);
    expect(parsePairingLink(link)?.relayUrl).toBe(longest);
    expect(() => formatPairingLink(`${longest}a`, offer)).toThrow(RangeError);
  });

  it("is not made from an incomplete offer, and the complaint does not repeat the secret", () => {
    const secret = new Uint8Array(15).fill(65);
    const wrong = [
      { ...offer, secret },
      { ...offer, route: "K7QX" },
      { ...offer, nodeId: "x" },
    ];
    for (const bad of wrong) {
      expect(() => formatPairingLink("https://relay.example", bad)).toThrow(/^a link offer needs/);
    }
  });
});
