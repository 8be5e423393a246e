import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nkeys } from "@nats-io/transport-node";
import { afterEach, expect, it } from "vitest";
import { makeCertificate } from "../testing/make-certificate.ts";
import type { ClusterSettings } from "./cluster.ts";
import { FarEnd, HELLO, instance, key, NearEnd, type TestInstance } from "./testing/instances.ts";
import { describeWithNats, startNats, type TestNats, until } from "./testing/nats-server.ts";

const KEY = key("node", "n");

describeWithNats("the bus between relays", () => {
  const started: TestInstance[] = [];
  const servers: TestNats[] = [];
  const directories: string[] = [];
  const bus = async (config?: string) => {
    const nats = await startNats(config);
    servers.push(nats);
    return nats;
  };
  const start = async (settings: ClusterSettings) => {
    const made = instance(settings);
    started.push(made);
    await made.cluster.start();
    return made.cluster;
  };
  const directory = () => {
    const made = mkdtempSync(join(tmpdir(), "ora-bus-"));
    directories.push(made);
    return made;
  };
  afterEach(async () => {
    for (const nats of servers) nats.thaw();
    await Promise.all(started.splice(0).map(({ cluster }) => cluster.stop()));
    await Promise.all(servers.splice(0).map((nats) => nats.close()));
    for (const each of directories.splice(0)) rmSync(each, { recursive: true });
  });

  /** A link, and what both ends hear of the bus. */
  const linked = async (nats: TestNats) => {
    const [a, b] = [await start({ url: nats.url }), await start({ url: nats.url })];
    const changes: string[] = [];
    b.onChange((what) => {
      if (what === "connected" || what === "disconnected") changes.push(what);
    });
    const far: FarEnd[] = [];
    const accept = (_: unknown, peer: FarEnd["peer"]) => {
      const end = new FarEnd(peer);
      far.push(end);
      return end;
    };
    await a.hold(KEY, { answer: () => "here", accept }).known;
    const near = new NearEnd();
    const link = await b.open(KEY, HELLO, near);
    return { a, b, far, near, link, changes };
  };

  it("takes every link with it when it dies, and with it back everything is found again", async () => {
    const nats = await bus();
    const { a, b, far, near, link, changes } = await linked(nats);
    await nats.kill();
    await until(() => near.ends.length === 1 && (far[0]?.events.length ?? 0) > 0, "both ends have heard");
    expect([near.ends, far[0]?.events]).toEqual([[{ how: "lost" }], ["closed 1006"]]);
    expect(link?.send(Buffer.from("x"), true)).toBe(false);
    expect([a.isConnected, b.isConnected, b.others]).toEqual([false, false, 0]);
    await expect(b.ask(KEY, {})).rejects.toMatchObject({ code: "cluster_unreachable" });
    await expect(b.open(KEY, HELLO, new NearEnd())).rejects.toMatchObject({ code: "cluster_unreachable" });
    const held = a.hold(key("route", "r"), { answer: () => "held meanwhile" });
    await held.known;
    b.tell("take", {});
    await nats.restart();
    await until(() => a.isConnected && b.isConnected, "both are back");
    expect(await b.ask(KEY, {})).toBe("here");
    expect(await b.ask(key("route", "r"), {})).toBe("held meanwhile");
    const again = new NearEnd();
    expect(await b.open(KEY, HELLO, again)).toBeDefined();
    far[1]?.peer.sendText("as before");
    await until(() => again.messages.length === 1, "it has come");
    expect(changes).toEqual(["disconnected", "connected"]);
  });

  it("is gone, too, when it stands still; and is back when it goes on", async () => {
    const nats = await bus();
    const { a, b, near, far, changes } = await linked(nats);
    nats.freeze();
    await until(() => near.ends.length === 1 && (far[0]?.events.length ?? 0) > 0, "both ends have heard");
    expect(near.ends).toEqual([{ how: "lost" }]);
    nats.thaw();
    await until(() => a.isConnected && b.isConnected, "both are back");
    expect(await b.ask(KEY, {})).toBe("here");
    expect(changes).toEqual(["disconnected", "connected"]);
  });

  it("may be away at the start, and even stay away", async () => {
    const nats = await bus();
    await nats.kill();
    const a = await start({ url: nats.url });
    const never = await start({ url: `nats://127.0.0.1:${nats.port},nats://127.0.0.1:${nats.port}` });
    expect([a.isConnected, never.isConnected]).toEqual([false, false]);
    await a.hold(KEY, { answer: () => 1 }).known;
    await never.stop();
    await nats.restart();
    await until(() => a.isConnected, "it has come");
    expect(never.isConnected).toBe(false);
  });

  it("leaves nothing behind when it stands still from the start", async () => {
    const nats = await bus();
    nats.freeze();
    const a = await start({ url: nats.url });
    expect(a.isConnected).toBe(false);
    const stopped = a.stop();
    await stopped;
    nats.thaw();
    expect(a.isConnected).toBe(false);
  });

  it("is found at another of its servers", async () => {
    const [dead, alive] = [await bus(), await bus()];
    await dead.kill();
    const a = await start({ url: `${dead.url},${alive.url}` });
    expect(a.isConnected).toBe(true);
  });

  it.each([
    ["a name and a password", "authorization { user: me, password: s3cret }", "me:s3cret@", "me:wr0ng@"],
    ["a token", "authorization { token: s3cret }", "s3cret@", "wr0ng@"],
  ])("lets in who has %s, and nobody else", async (_, config, login, wrong) => {
    const { port } = await bus(config);
    expect((await start({ url: `nats://${login}127.0.0.1:${port}` })).isConnected).toBe(true);
    for (const each of [wrong, ""]) {
      const error = await refusal({ url: `nats://${each}127.0.0.1:${port}` });
      expect(error).toMatchObject({ code: "cluster_bad_settings" });
      expect(String(error)).not.toContain("wr0ng");
    }
  });

  it("need allow nothing but what is under ora", async () => {
    const rights = 'permissions: { publish: "ora.>", subscribe: "ora.>" }';
    const nats = await bus(`authorization { users: [ { user: me, password: pw, ${rights} } ] }`);
    const { b, far, near, link } = await linked({ ...nats, url: `nats://me:pw@127.0.0.1:${nats.port}` });
    await until(() => b.others === 1, "they know each other");
    link?.send(Buffer.from("up"), false);
    far[0]?.peer.sendText("down");
    await until(() => near.messages.length === 1 && far[0]?.messages.length === 1, "both have come");
    expect(await b.ask(KEY, {})).toBe("here");
  });

  it("lets in who has the nkey, and nobody else", async () => {
    const [mine, other] = [nkeys.createUser(), nkeys.createUser()];
    const seed = (pair: typeof mine) => `# for the relay\n${new TextDecoder().decode(pair.getSeed())}\n`;
    const { url } = await bus(`authorization { users: [ { nkey: ${mine.getPublicKey()} } ] }`);
    expect((await start({ url, nkeySeed: seed(mine) })).isConnected).toBe(true);
    expect(await refusal({ url, nkeySeed: seed(other) })).toMatchObject({ code: "cluster_bad_settings" });
  });

  it("speaks TLS to who is trusted, by its name and its address, and only then", async () => {
    const files = directory();
    const { cert } = makeCertificate(files, "localhost");
    const stranger = makeCertificate(files, "stranger").cert;
    const file = (name: string) => JSON.stringify(join(files, name));
    const tls = `tls { cert_file: ${file("localhost.made.crt")}, key_file: ${file("localhost.made.key")} }`;
    const { port, url } = await bus(tls);
    for (const host of ["localhost", "127.0.0.1"]) {
      const a = await start({ url: `tls://${host}:${port}`, caPem: cert });
      expect(a.isConnected).toBe(true);
    }
    expect((await start({ url, caPem: cert })).isConnected).toBe(true);
    expect(await refusal({ url: `tls://localhost:${port}` })).toMatchObject({ code: "cluster_bad_settings" });
    expect(await refusal({ url, caPem: stranger })).toMatchObject({ code: "cluster_bad_settings" });
    const plain = await bus();
    expect(await refusal({ url: `tls://127.0.0.1:${plain.port}` })).toMatchObject({
      code: "cluster_bad_settings",
    });
  });

  async function refusal(settings: ClusterSettings): Promise<unknown> {
    const { cluster } = instance(settings);
    try {
      await cluster.start();
    } catch (error) {
      return error;
    }
    await cluster.stop();
    return "not refused";
  }
});
