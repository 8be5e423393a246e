import { randomBytes } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import type { ClusterKey, Topic } from "../cluster/cluster.ts";
import { describeWithNats, until } from "../cluster/testing/nats-server.ts";
import { sha256 } from "../digest-table.ts";
import type { RelayHarness } from "../testing/relay-harness.ts";
import { elsewhereOf, relaysOnOneBus } from "../testing/relays.ts";
import { device, NodeKey, online, opened, opening } from "../testing/v2-endpoints.ts";
import { codeKey, nodeKey, routeKey } from "./place-keys.ts";

const NONSENSE: readonly unknown[] = [
  null,
  7,
  "take",
  [],
  {},
  { takes: 7 },
  {
    takes: [
      null,
      {},
      { key: "x" },
      { key: "x", epoch: -1, v: 2 },
      { key: "x", epoch: 1.5, v: 2 },
      { key: "x", epoch: 9, v: 3 },
    ],
  },
  { add: 7, remove: 7, want: 7, whole: {} },
  { add: [null, {}, { hash: "00" }], remove: [null, "zz", "00"] },
  { name: "pair", counts: [null, [], [7, 7], ["x", 1], ["a".repeat(22), -1], ["a".repeat(22), 1e99]] },
  { name: "constructor", counts: [["a".repeat(22), 1]] },
];

/** A relay, and somebody on its bus who says what he likes. */
describeWithNats("a relay whose bus lies", () => {
  const { start } = relaysOnOneBus();
  let relay: RelayHarness;
  let liar: RelayHarness;
  const cluster = () => elsewhereOf(liar).cluster;
  const session = (hash: string) => ({
    hash,
    id: "abcdefghijkl",
    node: "pc",
    peer: "192.0.2.1",
    origin: "192.0.2.2",
    ttl_ms: 1_000,
  });
  /** Resolves when the relay has heard everything that was told before. */
  const heard = async () => {
    const hash = randomBytes(32).toString("hex");
    cluster().tell("sessions", { add: [session(hash)] });
    await until(() => relay.relay.state.sessions.get(Buffer.from(hash, "hex")) !== undefined, "it is heard");
  };
  beforeEach(async () => {
    relay = await start({ ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "5" });
    liar = await start();
  });

  it("ignores what is nonsense, and goes on", async () => {
    const [key, phone] = [new NodeKey(), device("phone")];
    await online(relay, key, { sessions: [phone.entry], offers: [{ route: "K7QX", ttl: 60 }] });
    await relay.offering("pc", "code");
    const topics: Topic[] = ["sessions", "attempts", "take"];
    for (const topic of topics) for (const words of NONSENSE) cluster().tell(topic, words as object);
    const keys: ClusterKey[] = [nodeKey(key.id), nodeKey("pc"), routeKey("K7QX"), codeKey(sha256("code"))];
    for (const asked of keys) {
      for (const words of [...NONSENSE, { want: 7 }, { want: "redeem", token: "x", peer: 7 }]) {
        expect(await cluster().ask(asked, (words ?? {}) as object)).not.toMatchObject({
          id: expect.anything(),
        });
      }
    }
    await heard();
    await opened(relay, { node_id: key.id, token: phone.token });
    await opened(relay, { route: "K7QX" });
    expect((await relay.pair("code")).status).toBe(200);
  });

  it("keeps a session for no longer than one may live, and believes nothing of a form that it does not make", async () => {
    const hash = (byte: number) => Buffer.alloc(32, byte).toString("hex");
    const bad = [
      { ...session(hash(1)), ttl_ms: 86_400_001 },
      { ...session(hash(2)), ttl_ms: 0 },
      { ...session(hash(3)), node: "x".repeat(129) },
      { ...session(hash(4)), peer: "x".repeat(65) },
      { ...session(hash(5)), origin: 7 },
      { ...session(hash(6)), id: "abcdefghijk\n" },
      { ...session(hash(7)), hash: hash(7).toUpperCase().replace("7", "G") },
    ];
    const good = [
      { ...session(hash(8)), ttl_ms: 86_400_000 },
      { ...session(hash(9)), node: "x".repeat(128) },
    ];
    cluster().tell("sessions", { add: [...bad, ...good] });
    await heard();
    const { sessions } = relay.relay.state;
    const kept = Array.from(
      { length: 9 },
      (_, index) => sessions.get(Buffer.alloc(32, index + 1)) !== undefined,
    );
    expect(kept).toEqual([false, false, false, false, false, false, false, true, true]);
  });

  it("hands clients to whoever holds a key, and tells them apart from what it knows itself", async () => {
    // A holder that takes no clients.
    elsewhereOf(liar).cluster.hold(routeKey("K7QX"), { answer: () => "nonsense" });
    await elsewhereOf(liar).cluster.hold(codeKey(sha256("code")), { answer: () => ({ node: 7, id: {} }) })
      .known;
    expect(await (await opening(relay, { route: "K7QX" })).next()).toMatchObject({ code: "unknown_route" });
    expect((await relay.pair("code")).status).toBe(403);
    const node = await online(relay, new NodeKey(), { offers: [{ route: "K7QX", ttl: 60 }] });
    await opened(relay, { route: "K7QX" });
    expect(await node.next()).toMatchObject({ type: "channel_open" });
  });
});
