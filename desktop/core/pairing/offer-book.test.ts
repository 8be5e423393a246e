import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { parsePlaintextCode, parseTypedCode } from "#shared/protocol/pairing-code.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { MAX_GRANTS, MAX_GRANTS_PER_DEVICE } from "./grant-book.ts";
import { MAX_FAILED_GUESSES, OfferBook, type OfferMessage } from "./offer-book.ts";

const TTL_MS = 120_000;

const sha256 = (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());
const hashOf = (code: string) => encodeBase64Url(sha256(new TextEncoder().encode(code)));

function setUp(plaintext: { allowed: boolean; fixedCode?: string } = { allowed: false }) {
  const clock = fakeClock();
  const sent: OfferMessage[] = [];
  let changes = 0;
  const book = new OfferBook({
    clock,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    sha256,
    ttlMs: TTL_MS,
    plaintext: { ...plaintext, allowed: () => plaintext.allowed },
    changed: () => {
      changes += 1;
    },
  });
  /** A relay that takes everything, or answers with an error. */
  const answer = (error?: (key: string) => string | undefined) => {
    for (const message of sent.splice(0)) {
      if (message.type === "offer_remove" || message.type === "code_remove") continue;
      const key = "route" in message ? message.route : message.hash;
      const name = error?.(key);
      const result = name === undefined ? {} : { error: name };
      book.offered(
        "route" in message
          ? { type: "offered", route: message.route, ...result }
          : { type: "offered", hash: message.hash, ...result },
      );
    }
  };
  const connect = () => {
    const part = book.connected((message) => sent.push(message));
    book.registered([]);
    return part;
  };
  const typed = () => parseTypedCode(book.view.typed?.code ?? "");
  return { clock, sent, book, answer, connect, typed, changes: () => changes };
}

describe("offers", () => {
  it("are shown only once the relay has registered them", () => {
    const { book } = setUp({ allowed: true });
    expect(book.view).toEqual({ typedIsPaused: false });
    const part = book.connected(() => undefined);
    expect(part.offers).toHaveLength(2);
    expect(part.codes).toHaveLength(1);
    expect(book.view).toEqual({ typedIsPaused: false });
    book.registered([]);
    const { link, typed, plaintext } = book.view;
    expect(part.offers.map((offer) => offer.route)).toEqual([link?.route, typed?.code.slice(0, 4)]);
    expect(part.codes[0]?.hash).toBe(hashOf(plaintext?.code ?? ""));
    expect(part.offers.map((offer) => offer.ttl)).toEqual([120, 120]);
  });

  it("share nothing: three routes, three secrets", () => {
    const { book, connect } = setUp({ allowed: true });
    connect();
    const { link, typed, plaintext } = book.view;
    const bare = plaintext?.code.replace("-", "") ?? "";
    expect(parsePlaintextCode(bare)).toBe(plaintext?.code);
    const halves = [typed?.code.slice(0, 4), typed?.code.slice(5)];
    for (const half of halves) {
      expect(link?.route).not.toContain(half);
      expect(bare).not.toContain(half);
    }
    expect(link?.secret).toHaveLength(16);
  });

  it("have no plaintext code when plaintext is not allowed", () => {
    const { book, connect } = setUp({ allowed: false });
    expect(connect().codes).toEqual([]);
    expect(book.view.plaintext).toBeUndefined();
  });

  it("that are used up as fast as they come, come ever more slowly, over reconnects too", () => {
    const { clock, book, sent, answer, connect } = setUp({ allowed: true });
    connect();
    const kinds = {
      typed: { key: () => book.view.typed?.code.slice(0, 4), use: (key: string) => book.exposed(key) },
      plaintext: {
        key: () => book.view.plaintext && hashOf(book.view.plaintext.code),
        use: (key: string) => book.codeUsed(key),
      },
    };
    for (const { key, use } of Object.values(kinds)) {
      let made = 0;
      for (let shown = key(); shown !== undefined; shown = key()) {
        use(shown);
        made += 1;
        expect(sent.length).toBeLessThan(3);
        answer();
        if (made > 10) break;
      }
      expect(made).toBe(4);
    }
    book.disconnected();
    const part = connect();
    expect([part.offers.length, part.codes.length]).toEqual([1, 0]);
    clock.advance(1_999);
    expect(sent).toEqual([]);
    clock.advance(1);
    answer();
    expect(kinds.typed.key()).toBeDefined();
    kinds.typed.use(kinds.typed.key() ?? "");
    answer();
    clock.advance(3_999);
    expect(kinds.typed.key()).toBeUndefined();
    book.newCode();
    answer();
    kinds.typed.use(kinds.typed.key() ?? "");
    answer();
    expect(kinds.typed.key()).toBeDefined();
  });

  it("are replaced when they expire, by others", () => {
    const { book, connect, clock, answer, sent } = setUp({ allowed: true });
    connect();
    const before = book.view;
    clock.advance(TTL_MS - 1);
    expect(book.view).toEqual(before);
    clock.advance(1);
    expect(sent.map((message) => message.type).sort()).toEqual(
      ["code", "code_remove", "offer", "offer", "offer_remove", "offer_remove"].sort(),
    );
    answer();
    expect(book.view.link?.route).not.toBe(before.link?.route);
    expect(book.view.typed?.code).not.toBe(before.typed?.code);
    expect(book.view.plaintext?.code).not.toBe(before.plaintext?.code);
    expect(book.linkSecret(before.link?.route ?? "")).toBeUndefined();
  });

  it("come back after a short absence, unless hardly any time is left", () => {
    const { book, connect, clock } = setUp();
    connect();
    const before = book.view;
    book.disconnected();
    expect(book.view.link).toBeUndefined();
    clock.advance(60_000);
    expect(connect().offers[0]).toEqual({ route: before.link?.route, ttl: 60 });
    expect(book.view).toEqual(before);
    book.disconnected();
    clock.advance(55_000);
    connect();
    expect(book.view.link?.route).not.toBe(before.link?.route);
  });

  it("try another route when one is taken, and not without end", () => {
    const { book, connect, answer, sent, clock } = setUp();
    const part = book.connected((message) => sent.push(message));
    book.registered([{ route: part.offers[1]?.route ?? "", error: "route_taken" }]);
    expect(book.view.typed).toBeUndefined();
    expect(sent.filter((message) => message.type === "offer")).toHaveLength(1);
    answer();
    expect(book.view.typed).toBeDefined();
    book.disconnected();
    connect();
    book.newCode();
    for (let times = 0; times < 100; times++) answer(() => "route_taken");
    expect(sent).toEqual([]);
    clock.advance(10_000);
    expect(sent.length).toBeGreaterThan(0);
    answer();
    expect(book.view.link).toBeDefined();
  });

  it("ignore a relay that answers what was not asked", () => {
    const { book, connect } = setUp();
    connect();
    const before = book.view;
    book.offered({ type: "offered", route: "AAAA", error: "route_taken" });
    book.offered({ type: "offered", route: before.link?.route ?? "", error: "route_taken" });
    book.registered([{ route: before.link?.route ?? "", error: "route_taken" }]);
    book.exposed("AAAA");
    book.codeUsed(hashOf("x"));
    expect(book.view).toEqual(before);
  });
});

describe("a link offer", () => {
  it("follows at once however many devices come one after the other: a relay cannot use one up", () => {
    const { book, connect, answer } = setUp();
    connect();
    for (let device = 0; device < 10; device += 1) {
      const route = book.view.link?.route ?? "";
      expect(book.takeLink(route)).toEqual({});
      answer();
      expect(book.view.link?.route).toMatch(/^[0-9A-Z]{16}$/);
      expect(book.view.link?.route).not.toBe(route);
    }
  });

  it("is consumed by one taker alone, and a fresh one follows at once", () => {
    const { book, connect, answer } = setUp();
    connect();
    const { route = "", secret } = book.view.link ?? {};
    expect(book.kindOf(route)).toBe("link");
    expect(book.linkSecret(route)).toEqual(secret);
    expect(book.linkSecret(route)).toEqual(secret);
    expect(book.takeLink(route)).toEqual({});
    expect(book.takeLink(route)).toBeUndefined();
    expect(book.linkSecret(route)).toBeUndefined();
    answer();
    expect(book.view.link?.route).not.toBe(route);
    expect(book.view.typed).toBeDefined();
  });
});

describe("a typed code", () => {
  it("is consumed by the first guess, right or wrong", () => {
    const { book, connect, typed } = setUp();
    connect();
    const code = typed();
    expect(book.kindOf(code?.route ?? "")).toBe("code");
    expect(book.takeTyped(code?.route ?? "")).toBe(code?.secret);
    expect(book.takeTyped(code?.route ?? "")).toBeUndefined();
    expect(book.kindOf(code?.route ?? "")).toBeUndefined();
  });

  it("is not shown after three failed guesses in a row, until the owner asks", () => {
    const { book, connect, typed, answer, clock } = setUp();
    connect();
    for (let guess = 1; guess < MAX_FAILED_GUESSES; guess++) {
      book.takeTyped(typed()?.route ?? "");
      answer();
      expect(typed()).toBeDefined();
    }
    book.takeTyped(typed()?.route ?? "");
    answer();
    expect(book.view).toMatchObject({ typedIsPaused: true, link: { route: expect.any(String) } });
    expect(typed()).toBeUndefined();
    clock.advance(10 * TTL_MS);
    answer();
    book.disconnected();
    connect();
    expect(typed()).toBeUndefined();
    book.newCode();
    answer();
    expect(typed()).toBeDefined();
    expect(book.view.typedIsPaused).toBe(false);
  });

  it("gives a relay that guesses at many at once no more than three", () => {
    const { book, connect, typed, answer } = setUp();
    connect();
    let guesses = 0;
    for (let times = 0; times < 50; times++) {
      if (book.takeTyped(typed()?.route ?? "") !== undefined) guesses += 1;
      answer();
    }
    expect(guesses).toBe(MAX_FAILED_GUESSES);
  });

  it("comes back when the third guess was right", () => {
    const { book, connect, typed, answer } = setUp();
    connect();
    for (let guess = 0; guess < MAX_FAILED_GUESSES; guess++) {
      book.takeTyped(typed()?.route ?? "");
      answer();
    }
    expect(typed()).toBeUndefined();
    book.guessedRight();
    answer();
    expect(typed()).toBeDefined();
  });

  it("is burnt when it was shown to the relay", () => {
    const { book, connect, typed, answer } = setUp();
    connect();
    const { route = "" } = typed() ?? {};
    book.exposed(route);
    expect(book.takeTyped(route)).toBeUndefined();
    answer();
    expect(typed()?.route).not.toBe(route);
  });
});

describe("a plaintext code", () => {
  it("is replaced when it was used", () => {
    const { book, connect, answer } = setUp({ allowed: true });
    connect();
    const before = book.view.plaintext?.code ?? "";
    book.codeUsed(hashOf(before));
    answer();
    expect(book.view.plaintext?.code).not.toBe(before);
    expect(book.view.link).toBeDefined();
  });

  it("is gone when the next relay may not have one", () => {
    const setting = { allowed: true };
    const { book, connect } = setUp(setting);
    connect();
    expect(book.view.plaintext).toBeDefined();
    book.disconnected();
    setting.allowed = false;
    expect(connect().codes).toEqual([]);
    expect(book.view.plaintext).toBeUndefined();
  });

  it("that is fixed stays the same, for the plaintext offer alone", () => {
    const { book, connect, answer, clock, sent } = setUp({ allowed: true, fixedCode: "TEST-CODE" });
    connect();
    expect(book.view.plaintext?.code).toBe("TEST-CODE");
    expect(book.view.typed?.code).not.toBe("TEST-CODE");
    book.codeUsed(hashOf("TEST-CODE"));
    expect(sent).toEqual([{ type: "code", hash: hashOf("TEST-CODE"), ttl: 120 }]);
    answer();
    clock.advance(TTL_MS);
    answer();
    expect(book.view.plaintext?.code).toBe("TEST-CODE");
  });
});

describe("a grant", () => {
  it("is a link of its own that makes a child, once", async () => {
    const { book, connect, answer } = setUp();
    connect();
    const asked = book.grant("parent");
    answer();
    const granted = await asked;
    if (granted === "busy") throw new Error("busy");
    expect(granted.route).not.toBe(book.view.link?.route);
    expect(book.kindOf(granted.route)).toBe("link");
    expect(book.linkSecret(granted.route)).toEqual(granted.secret);
    expect(book.takeLink(granted.route)).toEqual({ grant: { parent: "parent", app: false } });
    expect(book.takeLink(granted.route)).toBeUndefined();
  });

  it("expires, is refused with its parent, and waits for no relay that refuses", async () => {
    const { book, connect, answer, clock } = setUp();
    connect();
    const first = book.grant("parent");
    answer();
    const granted = await first;
    if (granted === "busy") throw new Error("busy");
    clock.advance(TTL_MS);
    expect(book.linkSecret(granted.route)).toBeUndefined();
    const second = book.grant("parent");
    book.withdrawGrants(["parent"]);
    expect(await second).toBe("busy");
    const third = book.grant("parent");
    answer(() => "route_taken");
    expect(await third).toBe("busy");
  });

  it("is bounded for each device and for all", async () => {
    const { book, connect, answer } = setUp();
    expect(await book.grant("early")).toBe("busy");
    connect();
    for (let count = 0; count < MAX_GRANTS; count++) void book.grant(`d${count % 3}`);
    answer();
    expect(await book.grant("d9")).toBe("busy");
    book.withdrawGrants(["d0", "d1"]);
    const more = Array.from({ length: MAX_GRANTS_PER_DEVICE }, () => book.grant("d9"));
    expect(await book.grant("d9")).toBe("busy");
    answer();
    expect((await Promise.all(more)).includes("busy")).toBe(false);
  });
});
