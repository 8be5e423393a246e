import { connect, type NatsConnection } from "@nats-io/transport-node";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { isFields } from "#shared/protocol/json-fields.ts";
import { FRAME, type FrameType, HEADER_BYTES, numberFrame, startFrame } from "./frame.ts";
import { linkSubject, parseAddress } from "./neighbour.ts";
import { FarEnd, HELLO, instance, key, NearEnd, type TestInstance } from "./testing/instances.ts";
import { describeWithNats, startNats, type TestNats, until } from "./testing/nats-server.ts";
import { decodeWords } from "./words.ts";

const MIB = 1024 * 1024;
const KEY = key("node", "n");
/** The liar's own address on the bus. */
const LIAR = 0xabcd;

describeWithNats("a bus that lies", () => {
  let nats: TestNats;
  let liar: NatsConnection;
  let a: TestInstance;
  let b: TestInstance;
  let far: FarEnd[];
  const addresses = new Map<string, number>();
  const words = (value: unknown) => JSON.stringify(value);
  beforeAll(async () => {
    nats = await startNats();
  });
  beforeEach(async () => {
    liar = await connect({ servers: `127.0.0.1:${nats.port}` });
    liar.subscribe("ora.tell.beat", {
      // It hears its own noise, too.
      callback: (_, message) => {
        const heard = decodeWords(message.data);
        const say = isFields(heard) && isFields(heard.say) ? heard.say : {};
        const at = parseAddress(say.at);
        if (typeof say.instance === "string" && at !== undefined) addresses.set(say.instance, at);
      },
    });
    await liar.flush();
    [a, b] = [instance({ url: nats.url }), instance({ url: nats.url })];
    far = [];
    const accept = (_: unknown, peer: FarEnd["peer"]) => {
      const end = new FarEnd(peer);
      far.push(end);
      return end;
    };
    await Promise.all([a.cluster.start(), b.cluster.start()]);
    await a.cluster.hold(KEY, { answer: () => "yes", accept }).known;
    await until(
      () => addresses.has(a.cluster.instance) && addresses.has(b.cluster.instance),
      "both were heard",
    );
  });
  afterEach(async () => {
    await Promise.all([a.cluster.stop(), b.cluster.stop(), liar.close()]);
  });
  afterAll(() => nats.close());

  const addressOf = ({ cluster }: TestInstance) => addresses.get(cluster.instance) ?? 0;
  const lie = (to: TestInstance, data: Uint8Array | string) => liar.publish(linkSubject(addressOf(to)), data);
  const frame = (
    type: FrameType,
    fields: {
      from?: number;
      link?: number;
      sequence?: number;
      fromNear?: boolean;
      more?: boolean;
      payload?: Buffer;
    },
  ) => {
    const {
      from = LIAR,
      link = 1,
      sequence = 0,
      fromNear = true,
      more = false,
      payload = Buffer.alloc(0),
    } = fields;
    const made = startFrame(type, payload.length, { from, link, fromNear, more });
    payload.copy(made, HEADER_BYTES);
    numberFrame(made, sequence);
    return made;
  };
  /** Everything that was sent before has been taken in. */
  const settled = async () => {
    await liar.flush();
    const before = a.cluster.traffic.ignored + b.cluster.traffic.ignored;
    for (const each of [a, b]) lie(each, "end");
    await until(() => a.cluster.traffic.ignored + b.cluster.traffic.ignored >= before + 2, "it has come");
  };
  const stillWorks = async () => {
    expect(await b.cluster.ask(KEY, {})).toBe("yes");
    const near = new NearEnd();
    const link = await b.cluster.open(KEY, HELLO, near);
    const end = far.at(-1);
    link?.send(Buffer.from("up"), false);
    end?.peer.sendText("down");
    await until(() => near.messages.length === 1 && end?.messages.length === 1, "both have come");
    link?.end();
  };
  /** A link of the liar, as if it were another instance. */
  const linkOfLiar = async () => {
    const open = { kind: "v2_client", address: "192.0.2.9" };
    const question = { from: LIAR.toString(16).padStart(12, "0"), link: 1, open };
    const answer = await liar.request(`ora.${KEY}`, words(question), { timeout: 5_000 });
    expect(answer.json()).toEqual({ accepted: true });
    return far.at(-1) ?? expect.fail("nobody took it");
  };

  it("with noise under every subject is not believed, and breaks nothing", async () => {
    const noise = fc.sample(fc.uint8Array({ maxLength: 300 }), 200);
    for (const bytes of noise) {
      for (const each of [a, b]) lie(each, bytes);
      for (const topic of ["beat", "take", "sessions", "attempts"]) liar.publish(`ora.tell.${topic}`, bytes);
      liar.publish(`ora.${KEY}`, bytes);
    }
    const types = fc.sample(
      fc.tuple(fc.constantFrom(...Object.values(FRAME)), fc.uint8Array({ maxLength: 9 })),
      300,
    );
    for (const [type, bytes] of types) {
      const payload = Buffer.from(bytes);
      for (const fromNear of [true, false]) lie(a, frame(type, { payload, fromNear, link: bytes[0] ?? 0 }));
    }
    await settled();
    expect(a.cluster.traffic.ignored).toBeGreaterThan(200);
    await stillWorks();
  });

  it("cannot have a question answered with what is none", async () => {
    for (const question of [
      "",
      "{",
      "null",
      words({ open: {} }),
      words({ from: "x", link: 1, open: HELLO }),
    ]) {
      const answer = await liar.request(`ora.${KEY}`, question, { timeout: 5_000 });
      expect(answer.json()).toEqual({ failed: true });
    }
    expect(far).toEqual([]);
  });

  it("that answers a question with what is no answer is as good as none", async () => {
    const lies = ["", "{", "null", words({ accepted: true }), words({ failed: true }), words([])];
    liar.subscribe(`ora.${key("node", "liar")}`, {
      callback: (_, message) => void message.respond(lies.pop()),
    });
    await liar.flush();
    while (lies.length > 0) {
      await expect(b.cluster.open(key("node", "liar"), HELLO, new NearEnd())).rejects.toMatchObject({
        code: "cluster_unreachable",
      });
    }
    expect(b.cluster.traffic.links.near).toBe(0);
  });

  it("that leaves out a frame ends the link, at both ends", async () => {
    const end = await linkOfLiar();
    lie(a, frame(FRAME.TEXT, { sequence: 0, payload: Buffer.from("one") }));
    lie(a, frame(FRAME.TEXT, { sequence: 2, payload: Buffer.from("three") }));
    await until(() => end.events.length === 1, "it has ended");
    expect([end.messages, end.events]).toEqual([["one"], ["closed 1006"]]);
  });

  it("with frames for a link that is not there is told so once", async () => {
    const answers: Buffer[] = [];
    liar.subscribe(linkSubject(LIAR), {
      callback: (_, message) => void answers.push(Buffer.from(message.data)),
    });
    await liar.flush();
    for (let i = 0; i < 100; i++)
      lie(a, frame(FRAME.BINARY, { link: 77, sequence: i, payload: Buffer.alloc(10) }));
    for (const type of [FRAME.END, FRAME.CLOSE, FRAME.CUT, FRAME.UNKNOWN]) lie(a, frame(type, { link: 78 }));
    await settled();
    await until(() => answers.length > 0, "it was answered");
    const unknown = answers.filter((answer) => answer[0] === FRAME.UNKNOWN);
    expect(unknown.map((answer) => answer.readUInt32BE(8))).toEqual([77]);
  });

  it("cannot send more than a window to whoever is not read, or a message without end", async () => {
    const paused = await linkOfLiar();
    paused.peer.pause("node");
    const payload = Buffer.alloc(MIB / 2);
    for (let i = 0; i < 6; i++) lie(a, frame(FRAME.BINARY, { sequence: i, payload }));
    await until(() => paused.events.includes("ending"), "it was closed");
    expect(a.budget.queuedBytes).toBe(0);
    lie(a, frame(FRAME.END, { sequence: 6 }));
    await until(() => paused.events.includes("closed 1001"), "it is gone");
    const endless = await linkOfLiar();
    for (let i = 0; i < 9; i++) lie(a, frame(FRAME.BINARY, { sequence: i, payload, more: true }));
    await until(() => endless.events.includes("ending"), "it was closed");
    expect([endless.messages, a.budget.queuedBytes]).toEqual([[], 0]);
    await stillWorks();
  });

  it("with text that is none ends the link", async () => {
    const end = await linkOfLiar();
    lie(a, frame(FRAME.TEXT, { payload: Buffer.from([0xc3, 0x28]) }));
    await until(() => end.events.includes("ending"), "it was closed");
    expect(end.messages).toEqual([]);
  });

  it("of more instances than there can be is not listened to any more", async () => {
    for (let i = 1; i <= 200; i++) {
      const name = i.toString(16).padStart(16, "0");
      const at = (0x100 + i).toString(16).padStart(12, "0");
      liar.publish("ora.tell.beat", words({ from: name, say: { instance: name, at } }));
    }
    await settled();
    expect(a.cluster.others).toBe(64);
    await stillWorks();
  });
});
