import { describe, expect, it } from "vitest";
import type { CoreEvent } from "../core/node-event.ts";
import type { Announcement } from "./app-ports.ts";
import { textsIn } from "./texts/choose-texts.ts";
import { MAX_NEWS_PER_MINUTE, Visitors } from "./visitors.ts";

function setUp() {
  const announced: Announcement[] = [];
  const undone: string[] = [];
  const opened: string[] = [];
  const visitors = new Visitors({
    now: () => 5,
    texts: () => textsIn("en"),
    announce: (announcement) => announced.push(announcement),
    undo: (device) => undone.push(device),
    open: (window) => opened.push(window),
  });
  return { visitors, announced, undone, opened };
}

const paired = (id: string, name = "Pixel 9"): CoreEvent => ({
  kind: "paired",
  checkNumber: "1234",
  device: { id, name, publicKey: new Uint8Array(32), created: 0, lastSeen: 0, routeTokenHash: "" },
});

describe("visitors", () => {
  it("who ask open the window, and their question is timed until it is gone", () => {
    const { visitors, opened, announced } = setUp();
    const question = { id: 7, name: "a\u202Eb", client: "", via: "link", checkNumber: "0042" } as const;
    visitors.heard({ kind: "question", question });
    expect([opened, visitors.asked.get(7)]).toEqual([["pairing"], 5]);
    expect(announced[0]).toMatchObject({
      title: "ab asks to be let in",
      body: expect.stringContaining("0042"),
    });
    visitors.heard({ kind: "question_closed", id: 7, answer: "left" });
    expect(visitors.asked.size).toBe(0);
  });

  it("who were let in can be thrown out by the announcement, and are listed until they are dismissed", () => {
    const { visitors, announced, undone } = setUp();
    visitors.heard(paired("a2222222", "Old"));
    visitors.heard(paired("b2222222"));
    expect(visitors.paired.map(({ name }) => name)).toEqual(["Pixel 9", "Old"]);
    announced[1]?.action?.run();
    expect(undone).toEqual(["b2222222"]);
    visitors.dismiss("a2222222");
    expect(visitors.paired).toHaveLength(1);
    visitors.dismissAll();
    expect(visitors.paired).toEqual([]);
  });

  it("who are many fill neither the list nor the screen", () => {
    const { visitors, announced } = setUp();
    for (let count = 0; count < 1_000; count += 1) {
      visitors.heard({ kind: "plaintext_paired", session: `s${count}`, peer: "x".repeat(10_000) });
      visitors.heard(paired(`d${count}`));
      if (count < MAX_NEWS_PER_MINUTE / 2) expect(announced).toHaveLength(2 * count + 2);
    }
    expect(announced).toHaveLength(MAX_NEWS_PER_MINUTE);
    expect(announced.every(({ title }) => title.length < 120)).toBe(true);
    expect(visitors.paired.length).toBeLessThan(20);
    visitors.minute();
    visitors.heard({ kind: "wrong_code" });
    expect(announced).toHaveLength(MAX_NEWS_PER_MINUTE + 1);
  });
});
