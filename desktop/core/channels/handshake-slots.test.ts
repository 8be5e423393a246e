import { describe, expect, it } from "vitest";
import {
  HandshakeSlots,
  MAX_HANDSHAKES,
  MAX_HANDSHAKES_PER_FAMILY,
  MAX_HANDSHAKES_PER_KEY,
  MAX_OFFER_HANDSHAKES,
} from "./handshake-slots.ts";

function world() {
  const slots = new HandshakeSlots();
  const ended: string[] = [];
  let count = 0;
  const session = (key: string, family = key) => {
    const name = `${key}#${++count}`;
    return slots.enter({ kind: "session", key, family }, () => ended.push(name));
  };
  const offer = (key: string) => {
    const name = `${key}#${++count}`;
    return slots.enter({ kind: "offer", key, family: "" }, () => ended.push(name));
  };
  return { slots, ended, session, offer };
}

describe("handshakes under way", () => {
  it("of one device: the ninth ends the oldest of the same device", () => {
    const { slots, ended, session } = world();
    session("other");
    for (let count = 0; count < MAX_HANDSHAKES_PER_KEY; count++) session("phone");
    expect(ended).toEqual([]);
    session("phone");
    expect(ended).toEqual(["phone#2"]);
    expect(slots.size).toBe(MAX_HANDSHAKES_PER_KEY + 1);
  });

  it("that are through make room, once", () => {
    const { slots, ended, session } = world();
    const done = session("phone");
    for (let count = 1; count < MAX_HANDSHAKES_PER_KEY; count++) session("phone");
    done();
    done();
    session("phone");
    expect(ended).toEqual([]);
    expect(slots.size).toBe(MAX_HANDSHAKES_PER_KEY);
  });

  it("of a family: one too many ends the oldest of the device with the most, not of its parent", () => {
    const { ended, session } = world();
    session("parent", "parent");
    for (let count = 1; count < MAX_HANDSHAKES_PER_FAMILY; count++) session(`child${count % 4}`, "parent");
    expect(ended).toEqual([]);
    session("parent", "parent");
    expect(ended).toEqual(["child1#2"]);
  });

  it("in all: one too many ends the oldest of the family with the most", () => {
    const { slots, ended, session } = world();
    const room = MAX_HANDSHAKES - MAX_OFFER_HANDSHAKES;
    session("alone");
    for (let count = 0; count < MAX_HANDSHAKES_PER_FAMILY; count++) session(`child${count % 8}`, "parent");
    while (slots.size < room) session(`single${slots.size}`);
    expect(ended).toEqual([]);
    session("new");
    expect(ended).toEqual(["child0#2"]);
    expect(slots.size).toBe(room);
  });

  it("for offers have room of their own, shared out in the same way", () => {
    const { ended, session, offer } = world();
    for (let count = 0; count < MAX_HANDSHAKES; count++) session(`device${count}`);
    ended.length = 0;
    for (let count = 1; count < MAX_OFFER_HANDSHAKES; count++) offer(`granted${count % 5}`);
    offer("shown");
    expect(ended).toEqual([]);
    offer("shown");
    expect(ended).toEqual([`granted1#${MAX_HANDSHAKES + 1}`]);
  });
});
