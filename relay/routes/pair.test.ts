import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../digest-table.ts";
import { MAX_PAIR_BODY_BYTES, MAX_SESSIONS_PER_V1_NODE } from "../limits.ts";
import { RelayHarness } from "../testing/relay-harness.ts";

let relay: RelayHarness;

async function restart(environment: Record<string, string>): Promise<void> {
  await relay.stop();
  relay = await RelayHarness.start(environment);
}

beforeEach(async () => {
  relay = await RelayHarness.start();
});
afterEach(() => relay.stop());

const status = async (response: Promise<Response>) => (await response).status;

describe("a pairing code", () => {
  it("gives a token, once", async () => {
    await relay.offering("pc", "deadbeef");
    const response = await relay.pair("deadbeef");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ok: true,
      node_id: "pc",
      token: expect.stringMatching(/^[\w-]{43}$/),
      expires_at: relay.clock.unixSeconds() + 3_600,
    });
    expect(await status(relay.pair("deadbeef"))).toBe(403);
  });

  it("gives exactly one token when fifty redeem it at once", async () => {
    await restart({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "0" });
    await relay.offering("pc", "deadbeef");
    const all = await Promise.all(Array.from({ length: 50 }, () => status(relay.pair("deadbeef"))));
    expect(all.filter((code) => code === 200)).toHaveLength(1);
    expect(all.filter((code) => code === 403)).toHaveLength(49);
    expect(await relay.health()).toMatchObject({ sessions: 1, pairs: 0 });
  });

  it("lives as long as the configuration says and not longer", async () => {
    await restart({ ORA_RELAY_PAIR_TTL_SEC: "30" });
    await relay.offering("pc", "early");
    relay.clock.jump(29_999);
    expect(await status(relay.pair("early"))).toBe(200);
    await relay.offering("pc2", "late");
    relay.clock.jump(30_000);
    expect(await status(relay.pair("late"))).toBe(403);
    expect(await relay.health()).toMatchObject({ pairs: 0 });
  });

  it("is compared as sent, and in our own form forgivingly", async () => {
    await relay.offering("ours", "K7QX0-1ABCD");
    expect(await status(relay.pair("k7qxo labcd"))).toBe(200);
    await relay.offering("theirs", "deadbeef");
    expect(await status(relay.pair("DEADBEEF"))).toBe(403);
    expect(await status(relay.pair(" deadbeef\n"))).toBe(200);
    await relay.offering("odd", "  Käse ist gut ");
    expect(await status(relay.pair("  Käse ist gut "))).toBe(200);
  });

  it("is not used up while its node is away", async () => {
    const node = await relay.offering("pc", "deadbeef");
    await node.end();
    const away = await relay.pair("deadbeef");
    expect(away.status).toBe(503);
    expect(await away.json()).toEqual({ detail: expect.any(String) });
    await relay.node("pc");
    expect(await status(relay.pair("deadbeef"))).toBe(200);
  });

  it("is not used up when its node has all the sessions it may have", async () => {
    await restart({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "0" });
    await relay.offering("pc", "deadbeef");
    const { sessions } = relay.relay.state;
    for (let i = 1; i < MAX_SESSIONS_PER_V1_NODE; i++)
      sessions.create("pc", "", "127.0.0.1", sha256(`token ${i}`));
    expect(await status(relay.pair("deadbeef"))).toBe(200);
    relay.relay.state.offers.add("pc", sha256("again"), {
      ttlMs: 9e6,
      notify: false,
      origin: "127.0.0.1",
    });
    expect(await status(relay.pair("again"))).toBe(503);
    relay.clock.jump(3_600_000);
    expect(await status(relay.pair("again"))).toBe(200);
  });
});

describe("POST /api/pair", () => {
  it.each([
    [400, { code: "" }],
    [400, { code: " \t" }],
    [400, {}],
    [400, { code: null }],
    [403, { code: "wrong" }],
    [403, { code: "x".repeat(3_000) }],
    [422, { code: 7 }],
    [422, { code: ["deadbeef"] }],
    [422, []],
    [422, "deadbeef"],
    [422, null],
  ])("answers %i to %j", async (code, body) => {
    const response = await relay.post(JSON.stringify(body));
    expect(response.status).toBe(code);
    expect(await response.json()).toEqual({ detail: expect.any(String) });
  });

  it("answers 422 to what is no JSON, whatever it says it is", async () => {
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
      expect(await status(relay.post("code=deadbeef", { "content-type": type }))).toBe(422);
    }
    expect(await status(relay.post(""))).toBe(422);
  });

  it("takes JSON of any content type", async () => {
    await relay.offering("pc", "deadbeef");
    const response = await relay.post('{"code":"deadbeef"}', { "content-type": "text/plain" });
    expect(response.status).toBe(200);
  });

  it("reads bodies up to the limit and answers 413 above it", async () => {
    const padded = (length: number) => `{"code":"wrong"}${" ".repeat(length - 16)}`;
    expect(await status(relay.post(padded(MAX_PAIR_BODY_BYTES)))).toBe(403);
    const tooLong = await relay.post(padded(MAX_PAIR_BODY_BYTES + 1));
    expect(tooLong.status).toBe(413);
    expect(await tooLong.json()).toEqual({ detail: expect.any(String) });
  });

  it("survives a client that hangs up in the middle of its body", async () => {
    await new Promise<void>((resolve) => {
      const half = request({ port: relay.port, method: "POST", path: "/api/pair" });
      half.setHeader("Content-Length", "100");
      half.on("error", () => resolve());
      half.on("response", () => resolve());
      half.write("{");
      half.once("socket", (socket) => socket.once("connect", () => half.destroy()));
    });
    expect(await relay.health()).toMatchObject({ ok: true });
  });
});

describe("attempts to pair", () => {
  it("are limited per address and minute, wrong ones and good ones alike", async () => {
    await restart({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "3" });
    await relay.offering("pc", "deadbeef");
    for (const code of ["a", "", "deadbeef"]) expect(await status(relay.pair(code))).not.toBe(429);
    relay.clock.jump(40_000);
    const refused = await relay.pair("b");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("20");
    expect(await refused.json()).toEqual({ detail: expect.any(String) });
    relay.clock.jump(20_000);
    expect(await status(relay.pair("b"))).toBe(403);
  });

  it("are counted by the socket's address, whatever X-Forwarded-For says, unless a proxy is trusted", async () => {
    await restart({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "1" });
    expect(await status(relay.pair("a", { "x-forwarded-for": "10.0.0.1" }))).toBe(403);
    expect(await status(relay.pair("a", { "x-forwarded-for": "10.0.0.2" }))).toBe(429);
    await restart({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "1", ORA_RELAY_TRUST_PROXY: "1" });
    expect(await status(relay.pair("a", { "x-forwarded-for": "10.0.0.1" }))).toBe(403);
    expect(await status(relay.pair("a", { "x-forwarded-for": "10.0.0.2" }))).toBe(403);
    expect(await status(relay.pair("a", { "x-forwarded-for": "1.1.1.1, 10.0.0.2" }))).toBe(429);
  });

  it("are not limited when the limit is 0", async () => {
    await restart({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "0" });
    for (let i = 0; i < 40; i++) expect(await status(relay.pair("a"))).toBe(403);
  });
});
