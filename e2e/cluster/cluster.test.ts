/**
 * Three relays behind one address, with a real bus between them: everything works whichever of them a PC or a device
 * lands on, and is answered in the same words as by one.
 */
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import type { RelaySession } from "#shared/client/relay-client.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import type { RawSocket } from "../../relay/testing/raw-socket.ts";
import { NodeKey, device as rawDevice } from "../../relay/testing/v2-endpoints.ts";
import { ask, textOf } from "../support/ask.ts";
import { bulk, bulkHash, bulkStream, hashOf, MIB } from "../support/bulk.ts";
import type { CoreNode } from "../support/core-node.ts";
import { deferred } from "../support/deferred.ts";
import { type PairedDevice, pairDevice, sessionIs } from "../support/device.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { until } from "../support/until.ts";
import { connectV1, pairV1 } from "../support/v1-client.ts";
import { closeOf } from "../support/web-sockets.ts";
import { type ClusterStage, PAIR_TTL_SEC, startClusterStage } from "./cluster-stage.ts";
import { echoFrames, offerV1, rawChannel, rawNode, v1Node } from "./raw-ends.ts";

const BODY_BYTES = 3 * MIB;
/** What fits into one answer of protocol 1. */
const V1_BODY_BYTES = 200_000;
const DOUBLES = 50;
/** Requests of each client at the same time: fewer in all than one node may have pending. */
const EACH = 12;

describeWith({ "nats-server": "nats-server", caddy: "caddy" }, "three relays behind one address", () => {
  const atTheEnd = endingsOfAllTests();
  const afterTest = endingsOfEachTest();
  let stage: ClusterStage;
  /** At the first relay. */
  let node: CoreNode;
  let expiring: { readonly code: string; readonly since: number };

  beforeAll(async () => {
    stage = await startClusterStage(atTheEnd);
    const { api, relays } = stage;
    api.on("/hello", (_, response) => response.end("hello"));
    api.on("/down", (request, response) => {
      bulk(Number(new URL(request.url ?? "", api.origin).searchParams.get("bytes"))).pipe(response);
    });
    api.on("/up", (request, response) => void hashOf(request).then((hash) => response.end(hash)));
    node = await stage.node(relays[0].origin);
    const old = await v1Node(relays[0].origin, "forgetful", "its-first");
    atTheEnd(() => old.ws.terminate());
    await offerV1(old, "goes-by");
    expiring = { code: "goes-by", since: performance.now() };
  }, 180_000);

  async function at(door: string, device: PairedDevice): Promise<RelaySession> {
    const session = device.connectThrough(door);
    afterTest(() => session.close());
    await sessionIs(session, "connected");
    return session;
  }

  /** A small answer, a large one and a large question, to the last byte. */
  async function carriesEverything(session: RelaySession): Promise<void> {
    expect(await (await session.fetch("/hello")).text()).toBe("hello");
    const down = await session.fetch(`/down?bytes=${BODY_BYTES}`);
    expect(await hashOf(down.body ?? [])).toBe(bulkHash(BODY_BYTES));
    const up = await session.fetch("/up", { method: "POST", body: bulkStream(BODY_BYTES) });
    expect(await up.text()).toBe(bulkHash(BODY_BYTES));
  }

  /** The one on offer, as soon as there is another than `used`. */
  async function plaintextCode(used?: string): Promise<string> {
    let code: string | undefined;
    await until("the node showed a code", () => {
      code = node.node.offerView.plaintext?.code;
      return code !== undefined && code !== used;
    });
    return code ?? "";
  }

  /** What came of it: nothing, or the code of the error. */
  const codeOf = (doing: Promise<unknown>): Promise<string | undefined> =>
    doing.then(
      () => undefined,
      (error) => error.code,
    );

  it.each(["link", "typedCode"] as const)("pair by %s, wherever the device is", async (kind) => {
    let used: string | undefined;
    for (const door of stage.doors) {
      const text = await node[kind](used);
      used = text;
      const paired = await pairDevice({ text, relay: door });
      for (const other of stage.doors) await carriesEverything(await at(other, paired));
    }
  });

  it("say of a link that was used, and of one that never was, the same everywhere", async () => {
    const link = await node.link();
    await pairDevice({ text: link, relay: stage.relays[1].origin });
    await node.link(link);
    const typed = await node.typedCode();
    // Some other letter of the route: nobody has this one.
    const wrong = `${typed.startsWith("7") ? "8" : "7"}${typed.slice(1)}`;
    for (const text of [link, wrong]) {
      const codes = await Promise.all(stage.doors.map((door) => codeOf(pairDevice({ text, relay: door }))));
      expect(codes[0]).toEqual(expect.any(String));
      expect(new Set(codes)).toEqual(new Set([codes[0]]));
    }
  });

  it("pair by plaintext code, and serve the token everywhere, until the owner revokes it", async () => {
    let code: string | undefined;
    for (const door of stage.doors) {
      code = await plaintextCode(code);
      const { status, body } = await pairV1(door, code);
      expect(status).toBe(200);
      const token = String(body.token);
      const clients = await Promise.all(stage.doors.map((other) => connectV1(other, token)));
      for (const client of clients) afterTest(() => client.close());
      const bodies = clients.map(async (client) => {
        const { status, body_b64 } = await client.request({ path: `/down?bytes=${V1_BODY_BYTES}` });
        return [status, await hashOf([Buffer.from(body_b64 ?? "", "base64")])];
      });
      const whole = [200, bulkHash(V1_BODY_BYTES)];
      expect(await Promise.all(bodies)).toEqual(stage.doors.map(() => whole));
      const closes = clients.map(({ socket }) => closeOf(socket));
      const [listed] = node.node.plaintext.list();
      node.node.revokePlaintext(listed?.id ?? "");
      expect((await Promise.all(closes)).map((close) => close.code)).toEqual(
        stage.doors.map(() => CLOSE.DENIED),
      );
      for (const other of stage.doors) {
        expect((await closeOf((await connectV1(other, token)).socket)).code).toBe(CLOSE.DENIED);
      }
    }
  });

  it("say of a plaintext code that was used, is wrong, or belongs to encrypted pairing the same everywhere", async () => {
    const code = await plaintextCode();
    expect((await pairV1(stage.relays[2].origin, code)).status).toBe(200);
    const [first] = stage.doors;
    for (const text of [code, "AAAAA-AAAAA", "no code"]) {
      const answers = await Promise.all(stage.doors.map((door) => pairV1(door, text)));
      expect(new Set(answers.map(({ status }) => status)), first).toEqual(new Set([403]));
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    }
    // A PC of its own: after a few of these it shows no typed codes for a while.
    const [here, elsewhere] = stage.relays;
    const other = await stage.node(here.origin);
    for (const { origin } of [here, elsewhere]) {
      const typed = await other.typedCode();
      expect((await pairV1(origin, typed)).status).toBe(426);
      // Its owner is told, and it is worth nothing any more.
      await other.typedCode(typed);
      expect(await codeOf(pairDevice({ text: typed, relay: origin }))).toBe("code_used");
    }
  });

  it("carry protocol 1 on both sides, and tell when the PC has gone", async () => {
    const [first, second, third] = stage.relays;
    const pc = await v1Node(second.origin, "pc", "deadbeef");
    const { status, body } = await pairV1(third.origin, "deadbeef");
    expect([status, body.node_id]).toEqual([200, "pc"]);
    expect((await pairV1(first.origin, "deadbeef")).status).toBe(403);
    const clients = await Promise.all(stage.doors.map((door) => connectV1(door, String(body.token))));
    const texts = clients.flatMap((client, one) =>
      Array.from({ length: EACH }, async (_, i) => {
        const answer = await client.request({ path: `/${one}/${i}` });
        return answer.error ?? Buffer.from(answer.body_b64 ?? "", "base64").toString();
      }),
    );
    expect(await Promise.all(texts)).toEqual(
      clients.flatMap((_, one) => Array.from({ length: EACH }, (_, i) => `pc /${one}/${i}`)),
    );
    await pc.end();
    // Where the PC was it is known at once; elsewhere its relay may have to say that it does not know.
    const told = clients.map(async (client) => {
      const closed = closeOf(client.socket).then(({ code }) => `closed_${code}`);
      let word: string | undefined;
      await until("a client was told that the PC is away", async () => {
        word = await Promise.race([client.request({ path: "/" }).then(({ error }) => error), closed]);
        return word !== undefined;
      });
      return word;
    });
    for (const word of await Promise.all(told))
      expect(["node_not_connected", "node_disconnected", "closed_1012"]).toContain(word);
    for (const client of clients) client.close();
  });

  it("cut what a device does at one relay when its PC at another revokes it", async () => {
    for (const [i, door] of stage.doors.entries()) {
      const link = await node.link();
      const device = await pairDevice({ text: link, relay: door });
      const session = await at(door, device);
      const cutAtTheApi = deferred();
      stage.api.on(`/endless${i}`, (_, response) => {
        response.on("close", cutAtTheApi.resolve);
        bulk(1_000_000 * MIB).pipe(response);
      });
      const { body } = await session.fetch(`/endless${i}`);
      const reader = body?.getReader();
      expect((await reader?.read())?.done).toBe(false);
      const reading = (async () => {
        while (!(await reader?.read())?.done);
      })();
      const failure = codeOf(reading);
      await node.node.revoke(device.record.deviceId).stored;
      expect(await failure).toEqual(expect.any(String));
      await cutAtTheApi.promise;
      await sessionIs(session, "revoked");
      await node.link(link);
    }
  });

  it("let the newest connection of a PC win, wherever it is", async () => {
    const [first, second, third] = stage.relays;
    const older = await stage.node(first.origin);
    const device = await pairDevice({ text: await older.link(), relay: third.origin });
    const newer = await stage.node(second.origin, { store: older.store });
    await until("the older one was told", () => {
      const { relayState: state } = older.node;
      return state.kind === "waiting" && state.outage.code === "id_in_use";
    });
    expect(newer.node.relayState.kind).toBe("connected");
    for (const door of stage.doors) {
      await carriesEverything(await at(door, device));
      expect(newer.node.isConnected(device.record.deviceId)).toBe(true);
    }
  });

  it(`leave exactly one connection to each of ${DOUBLES} PCs that connect twice at the same moment`, async () => {
    const pairs = await Promise.all(
      Array.from({ length: DOUBLES }, async (_, i) => {
        const key = new NodeKey();
        const { token, entry } = rawDevice("phone");
        const connect = async (name: number): Promise<RawSocket | undefined> => {
          const door = stage.relays[(i + name) % stage.relays.length]?.origin ?? "";
          try {
            const socket = await rawNode(door, key, entry);
            echoFrames(socket, name);
            afterTest(() => socket.ws.terminate());
            return socket;
          } catch {
            // Replaced before it had registered.
            return undefined;
          }
        };
        return { key, token, sockets: await Promise.all([connect(0), connect(1)]) };
      }),
    );
    const isOpen = (socket: RawSocket | undefined) => socket?.ws.readyState === socket?.ws.OPEN && !!socket;
    await until("one of each two was replaced", () =>
      pairs.every(({ sockets }) => sockets.filter(isOpen).length <= 1),
    );
    for (const { sockets } of pairs) expect(sockets.filter(isOpen)).toHaveLength(1);
    const answers = pairs.map(async ({ key, token, sockets }) => {
      const names = await Promise.all(
        stage.doors.map(async (door) => {
          const channel = await rawChannel(door, key, token);
          afterTest(() => channel.ws.terminate());
          return (await channel.send(Buffer.from([7, 7])).nextBinary()).toString("hex");
        }),
      );
      const survivor = sockets.findIndex(isOpen);
      return { names, expected: stage.doors.map(() => `0${survivor}0707`) };
    });
    for (const { names, expected } of await Promise.all(answers)) expect(names).toEqual(expected);
  });

  it("serve the app of a PC at every relay, and have certificates made for its name at any", async () => {
    const host = `${node.node.nodeId.toLowerCase()}.localhost`;
    const page = async (door: string, name: string) => {
      const headers = { host: `${name}:${new URL(door).port}`, accept: "text/html" };
      const response = await ask(door, "/", { headers });
      return [response.statusCode, await textOf(response)];
    };
    const home = await page(stage.balancer, "localhost");
    for (const door of stage.doors) {
      const [status, text] = await page(door, host);
      expect(status).toBe(200);
      expect(text).not.toBe(home[1]);
    }
    for (const asked of [...stage.relays.map(({ admin }) => admin), stage.ask]) {
      const status = async (name: string) => (await fetch(`${asked}/tls-ask?domain=${name}`)).status;
      expect([await status(host), await status("nobody.localhost")]).toEqual([200, 404]);
    }
    const [, second, third] = stage.relays;
    const phone = await pairDevice({ text: await node.link(), relay: second.origin });
    const link = await (await at(third.origin, phone)).grant({ app: true });
    const app = await pairDevice({ text: link, relay: second.origin, name: "Firefox" });
    for (const door of stage.doors) await carriesEverything(await at(door, app));
  });

  it("say of a code whose time is over the same everywhere", async () => {
    const over = expiring.since + PAIR_TTL_SEC * 1_000 - performance.now();
    if (over > 0) await pause(over + 100);
    const bodies = new Set<string>();
    for (const door of stage.doors) {
      // Who asks at the moment at which the holder forgets it is told to try again.
      await until("a relay had an answer", async () => {
        const { status, body } = await pairV1(door, expiring.code);
        expect([403, 503]).toContain(status);
        if (status === 403) bodies.add(JSON.stringify(body));
        return status === 403;
      });
    }
    expect(bodies.size).toBe(1);
  }, 60_000);
});
