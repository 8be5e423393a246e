import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Device } from "../core/devices/device.ts";
import type { CoreEvent } from "../core/node-event.ts";
import type { OfferView } from "../core/pairing/offer-book.ts";
import { coreView } from "./core-view.ts";
import { SHORT_ABSENCE_MS } from "./device-presence.ts";
import { SETTLE_MS } from "./offer-display.ts";
import { CHECKOUT_NAMES } from "./program-names.ts";

const RELAY = "http://127.0.0.1:9010";
const LIFE_MS = 120_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(options: { plaintext?: boolean; answersHere?: boolean } = {}) {
  const { plaintext = true, answersHere = true } = options;
  let lines: string[] = [];
  let round = 0;
  const known = new Map<string, Device>();
  const node = {
    offerView: { typedIsPaused: false } as OfferView,
    pairingLink: undefined as string | undefined,
    relayOrigin: RELAY,
    devices: { get: (id: string) => known.get(id) } as never,
  };
  const view = coreView({
    print: (line) => lines.push(line),
    now: Date.now,
    connections: () => undefined,
    node: () => node,
    qr: "plain",
    answersHere,
    names: CHECKOUT_NAMES,
  });
  const settle = () => vi.advanceTimersByTimeAsync(SETTLE_MS);
  const device = (id: string, name: string) => {
    const made: Device = {
      id,
      name,
      publicKey: new Uint8Array(32),
      routeTokenHash: "",
      created: 0,
      lastSeen: 0,
    };
    known.set(id, made);
    return made;
  };
  return {
    view,
    node,
    known,
    device,
    settle,
    /** Lines since the last look, without their times. */
    shown() {
      const taken = lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ""));
      lines = [];
      return taken;
    },
    async rotate(what: { typed?: boolean } = {}) {
      round += 1;
      const expiresAt = Date.now() + LIFE_MS;
      const { typed } = node.offerView;
      node.pairingLink = `${RELAY}/#P2.LINK${round}`;
      node.offerView = {
        typedIsPaused: false,
        link: { route: "r", secret: new Uint8Array(16), expiresAt },
        ...(what.typed === false && typed !== undefined
          ? { typed }
          : { typed: { code: `AAAA-000${round}`, expiresAt } }),
        ...(plaintext && { plaintext: { code: `BBBBB-0000${round}`, expiresAt } }),
      };
      view.event({ kind: "offers" });
      await settle();
    },
  };
}

const hasQr = (lines: string[]) => lines.some((line) => line.includes("█"));
const asked = (id: number, name: string): CoreEvent => ({
  kind: "question",
  question: { id, name, client: "app/1", via: "link", checkNumber: "1234" },
});

describe("what is on offer", () => {
  it("is shown whole at first, the encrypted way before the other, with lines that can be pasted", async () => {
    const { rotate, shown } = setUp();
    await rotate();
    const lines = shown();
    expect(hasQr(lines)).toBe(true);
    expect(lines).toContain(`pairing_link=${RELAY}/#P2.LINK1`);
    const order = [
      "encrypted_pairing_code=AAAA-0001",
      "  npm run connect -- AAAA-0001 --relay http://127.0.0.1:9010",
      "  and then, at the address that it prints: curl http://127.0.0.1:9020/",
      "pairing_code=BBBBB-00001",
      "  for one use within 120 s; not encrypted: the relay can read what passes",
    ].map((line) => lines.indexOf(line));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(lines.filter((line) => /^ {2}(TOKEN=|\[ "\$TOKEN)/.test(line))).toHaveLength(2);
  });

  it("says that no phone finds a link to this very PC, and only then", async () => {
    const { rotate, shown } = setUp();
    await rotate();
    expect(shown().join("\n")).toContain("a phone does not find it at 127.0.0.1");
    const elsewhere = setUp();
    elsewhere.node.relayOrigin = "https://relay.example";
    await elsewhere.rotate();
    expect(elsewhere.shown().join("\n")).not.toContain("does not find it");
  });

  it("is the encrypted code as `pairing_code` where there is no other", async () => {
    const { rotate, shown } = setUp({ plaintext: false });
    await rotate();
    const lines = shown();
    expect(lines).toContain("pairing_code=AAAA-0001");
    expect(lines.join("\n")).not.toMatch(/TOKEN|not encrypted/);
  });

  it("is told in a line each when it changes, and only what has changed", async () => {
    const { rotate, shown } = setUp();
    await rotate();
    shown();
    await rotate();
    expect(shown()).toEqual([
      "fresh, for one use within 120 s:",
      `pairing_link=${RELAY}/#P2.LINK2`,
      "encrypted_pairing_code=AAAA-0002",
      "pairing_code=BBBBB-00002",
    ]);
    await rotate({ typed: false });
    expect(shown().join("\n")).not.toContain("encrypted_pairing_code");
  });

  it("says how long it really lives", async () => {
    const { rotate, shown, view } = setUp();
    await rotate();
    await vi.advanceTimersByTimeAsync(50_000);
    shown();
    view.event({ kind: "relay", state: { kind: "connected", since: 0 } });
    view.event({ kind: "offers" });
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(shown()[0]).toBe("fresh, for one use within 70 s:");
  });

  it("is shown whole again when the owner asks, and after a pairing", async () => {
    const { rotate, shown, view, device } = setUp();
    await rotate();
    shown();
    view.showAll();
    await rotate();
    expect(hasQr(shown())).toBe(true);
    view.event({ kind: "paired", device: device("d1", "Pixel 9"), checkNumber: "1234" });
    await rotate();
    const lines = shown();
    expect(lines[0]).toBe("Pixel 9 is paired (check number 1234); to undo: npm run node -- revoke d1");
    expect(hasQr(lines)).toBe(true);
  });

  it("stays where it is when a device opens the web app, of which one line tells", async () => {
    const { rotate, shown, view, device } = setUp();
    await rotate();
    shown();
    device("d1", "Pixel 9");
    view.event({ kind: "app_opened", device: device("d2", "Firefox"), parent: "d1" });
    expect(shown()).toEqual(["Pixel 9 (d1) opens the web app, as Firefox (d2)"]);
  });

  it("stays where it is when a device renames itself or finds no room, of which one line tells", async () => {
    const { rotate, shown, view, device } = setUp();
    await rotate();
    shown();
    view.event({ kind: "device_renamed", device: device("d1", "Pixel of Aiko"), before: "Android phone" });
    view.event({ kind: "devices_full", name: "iPhone" });
    expect(shown()).toEqual([
      "Android phone (d1) now calls itself Pixel of Aiko",
      "iPhone is not paired: there are as many devices as there can be; revoke one to make room",
    ]);
  });

  it("stays where it is when the relay calls itself otherwise, of which one line says what to set on which side", async () => {
    const { rotate, shown, view } = setUp();
    await rotate();
    shown();
    view.event({ kind: "relay_named_otherwise", url: "https://relay.example" });
    expect(shown()).toEqual([
      "the relay calls itself https://relay.example; if phones reach it there, set ORA_RELAY_URL to that" +
        " on this PC, else correct ORA_RELAY_PUBLIC_URL on the relay",
    ]);
  });

  it("says once that there is no code to type", async () => {
    const { rotate, shown, view, node, settle } = setUp();
    await rotate();
    shown();
    const { typed: _, ...rest } = node.offerView;
    node.offerView = { ...rest, typedIsPaused: true };
    for (let i = 0; i < 2; i += 1) {
      view.event({ kind: "offers" });
      await settle();
    }
    expect(shown()).toEqual([
      "three wrong codes in a row: there is no code to type until you ask for one",
      "  (Enter in the node's terminal, or `npm run node -- pair`); the link works",
    ]);
  });
});

describe("a device that wants in", () => {
  it("is asked about last on screen, and what is on offer comes after the answer", async () => {
    const { rotate, shown, view } = setUp();
    await rotate();
    shown();
    view.event(asked(1, "Pixel 9"));
    await rotate();
    expect(shown()).toEqual([
      "Pixel 9 (app/1) wants in by the link",
      "  its screen shows the check number 1234, if it is the one in front of you",
      "  let Pixel 9 in? y or n, then Enter",
    ]);
    view.event({ kind: "question_closed", id: 1, answer: "refused" });
    await rotate();
    const lines = shown();
    expect(lines[0]).toBe("Pixel 9 is refused");
    expect(hasQr(lines)).toBe(true);
  });

  it("is asked about again when something else was printed, and the next one after the first", () => {
    const { shown, view, device } = setUp();
    view.event(asked(1, "Pixel 9"));
    view.event(asked(2, "laptop"));
    device("d7", "tablet");
    view.event({ kind: "device_connected", device: "d7", peer: "" });
    expect(shown().slice(-2)).toEqual(["tablet (d7) is connected", "  let Pixel 9 in? y or n, then Enter"]);
    view.event({ kind: "question_closed", id: 1, answer: "allowed" });
    expect(shown()).toEqual(["Pixel 9 is let in", "  let laptop in? y or n, then Enter"]);
    view.event({ kind: "question_closed", id: 2, answer: "late" });
    expect(shown()).toEqual(["laptop is refused: nobody answered in time"]);
  });

  it("is answered by a command that exists where this terminal takes no answers", () => {
    const { shown, view } = setUp({ answersHere: false });
    view.event(asked(3, "Pixel 9"));
    expect(shown().at(-1)).toBe("  npm run node -- pair --allow 3, or --refuse 3");
  });
});

describe("who is there", () => {
  const come = (device: string): CoreEvent => ({ kind: "device_connected", device, peer: "" });
  const go = (device: string): CoreEvent => ({ kind: "device_disconnected", device });

  it("is told by name, and not again for an absence just shorter than is told", async () => {
    const { view, shown, device } = setUp();
    device("d1", "Pixel 9");
    view.event(come("d1"));
    view.event(go("d1"));
    await vi.advanceTimersByTimeAsync(SHORT_ABSENCE_MS - 1);
    view.event(come("d1"));
    await vi.advanceTimersByTimeAsync(SHORT_ABSENCE_MS);
    expect(shown()).toEqual(["Pixel 9 (d1) is connected"]);
    view.event(go("d1"));
    await vi.advanceTimersByTimeAsync(SHORT_ABSENCE_MS);
    view.event(come("d1"));
    expect(shown()).toEqual(["Pixel 9 (d1) is gone", "Pixel 9 (d1) is connected"]);
  });

  it("was revoked, and is not merely gone, when the owner threw it out", async () => {
    const { view, shown, device, known } = setUp();
    device("d1", "Pixel 9");
    view.event(come("d1"));
    known.delete("d1");
    view.event(go("d1"));
    await vi.advanceTimersByTimeAsync(SHORT_ABSENCE_MS);
    expect(shown()).toEqual(["Pixel 9 (d1) is connected", "Pixel 9 (d1) was revoked"]);
  });

  it("is called what the owner called it last when it is thrown out, once", async () => {
    const { view, shown, device, known } = setUp();
    device("d1", "vm");
    view.event(come("d1"));
    const renamed = device("d1", "Laptop Zwei");
    known.delete("d1");
    view.event({ kind: "device_revoked", device: renamed });
    view.event(go("d1"));
    await vi.advanceTimersByTimeAsync(SHORT_ABSENCE_MS);
    expect(shown()).toEqual(["vm (d1) is connected", "Laptop Zwei (d1) was revoked"]);
  });

  it("is told to be thrown out during an absence, and not at all when it was not there", async () => {
    const { view, shown, device } = setUp();
    view.event(come(device("d1", "Pixel 9").id));
    view.event(go("d1"));
    view.event({ kind: "device_revoked", device: device("d1", "Pixel 9") });
    view.event({ kind: "device_revoked", device: device("d2", "tablet") });
    await vi.advanceTimersByTimeAsync(SHORT_ABSENCE_MS);
    expect(shown()).toEqual(["Pixel 9 (d1) is connected", "Pixel 9 (d1) was revoked"]);
  });
});
