import { describe, expect, it } from "vitest";
import type { PairingView } from "../contract/pairing-view.ts";
import { codeGroups, pairingScene, shareLeft, spelled } from "./pairing-scene.ts";

const NOW = 1_000_000;
const LATER = NOW + 60_000;

const connected: PairingView = {
  language: "en",
  platform: "linux",
  now: NOW,
  pcName: "PC",
  status: { ring: "connected", code: "connected", title: "", advice: "" },
  hidden: false,
  typeAt: "relay.example",
  ttlMs: 120_000,
  typedIsPaused: false,
  questions: [],
  paired: [],
};
const offers = {
  link: { value: "https://relay.example/#P2", expiresAt: LATER },
  typed: { value: "AAAA-BBBB", expiresAt: LATER },
};
const question = {
  id: 1,
  name: "Pixel",
  client: "",
  via: "link",
  checkNumber: "1234",
  expiresAt: LATER,
} as const;
const paired = { device: "abcdefgh", name: "Pixel", checkNumber: "1234" };

const kind = (change: Partial<PairingView>) => pairingScene({ ...connected, ...change }, NOW).kind;

describe("the scene of the pairing window", () => {
  it("is the code while there is one", () => {
    expect(kind(offers)).toBe("code");
    expect(kind({ typed: offers.typed })).toBe("code");
    expect(kind({ link: offers.link, typedIsPaused: true })).toBe("code");
  });

  it("is the question before everything but a locked screen", () => {
    expect(kind({ ...offers, questions: [question], paired: [paired] })).toBe("question");
    expect(kind({ ...offers, questions: [question], hidden: true })).toBe("hidden");
  });

  it("asks the oldest question and counts the others", () => {
    const scene = pairingScene({ ...connected, questions: [question, { ...question, id: 2 }] }, NOW);
    expect(scene).toMatchObject({ kind: "question", question: { id: 1 }, othersWaiting: 1 });
  });

  it("forgets a question and a code whose time is over", () => {
    expect(kind({ questions: [{ ...question, expiresAt: NOW }] })).toBe("no_code");
    expect(kind({ typed: { value: "AAAA-BBBB", expiresAt: NOW } })).toBe("no_code");
    expect(kind({ typed: { value: "AAAA-BBBB", expiresAt: NOW + 1 } })).toBe("code");
  });

  it("says who was let in until that is dismissed", () => {
    expect(kind({ ...offers, paired: [paired] })).toBe("paired");
  });

  it("tells a relay that has taken no offer yet from one that is not reached", () => {
    const status = (ring: PairingView["status"]["ring"], brokenHop?: "relay" | "pc" | "app") => ({
      ...connected.status,
      ring,
      ...(brokenHop && { brokenHop }),
    });
    expect(kind({ status: status("connected") })).toBe("no_code");
    expect(kind({ status: status("attention", "app") })).toBe("no_code");
    expect(kind({ status: status("attention", "relay") })).toBe("offline");
    expect(kind({ status: status("connecting") })).toBe("offline");
    expect(kind({ status: status("paused", "pc") })).toBe("offline");
  });
});

describe("the time that is left", () => {
  it("is a share from one to nothing, and never beyond", () => {
    expect(shareLeft(NOW + 60_000, NOW, 120_000)).toBe(0.5);
    expect(shareLeft(NOW + 500_000, NOW, 120_000)).toBe(1);
    expect(shareLeft(NOW - 1, NOW, 120_000)).toBe(0);
    expect(shareLeft(NOW, NOW, 0)).toBe(0);
  });
});

describe("a code", () => {
  it("is read in groups and spelled letter by letter", () => {
    expect(codeGroups("K7QX-9M2T")).toEqual(["K7QX", "9M2T"]);
    expect(spelled("K7QX-9M2T")).toBe("K 7 Q X, 9 M 2 T");
    expect(spelled("1")).toBe("1");
  });
});
