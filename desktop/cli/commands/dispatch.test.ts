import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { EXIT } from "#shared/config/exit-code.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { systemClock } from "../../core/clock.ts";
import { loadNodeConfig } from "../../core/config.ts";
import { controlAddress } from "../../core/control/address.ts";
import { listenForCommands } from "../../core/control/control-server.ts";
import { jarDirectory, jarFiles } from "../../core/cookie-jar/jar-files.ts";
import { MAX_NAME_LENGTH } from "../../core/devices/device-name.ts";
import { loadDevices } from "../../core/devices/device-registry.ts";
import { askRunning } from "../../core/doctor/ask-running.ts";
import { readNodeKey } from "../../core/identity/node-key.ts";
import { startNodeCore } from "../../core/node-core.ts";
import { loadPlaintextRevocations } from "../../core/relay-session/plaintext-revocations.ts";
import { fileSecrets } from "../../core/secrets/file.ts";
import { memorySecrets } from "../../core/secrets/memory.ts";
import type { SecretStore } from "../../core/secrets/secret-store.ts";
import { oddApi } from "../../core/testing/odd-api.ts";
import { OpenChannel, TestDevice } from "../../core/testing/test-device.ts";
import { testRelay } from "../../core/testing/test-relay.ts";
import { INSTALLED_NAMES } from "../program-names.ts";
import { runCommand } from "./all.ts";
import { dispatch } from "./dispatch.ts";

const backend = createCryptoBackend();
const DAY_MS = 86_400_000;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setUp(openStore?: () => Promise<SecretStore>) {
  const stateDir = await mkdtemp(join(tmpdir(), "ora-commands-"));
  cleanups.push(() => rm(stateDir, { recursive: true, force: true }));
  const address = controlAddress({ stateDir, platform: process.platform, user: "me" });
  const store = openStore ?? (() => fileSecrets(join(stateDir, "secrets")));
  const command = async (
    line: string,
    extra: { input?: string; answer?: boolean; isTerminal?: boolean } = {},
  ) => {
    const lines: string[] = [];
    const asked: string[] = [];
    const exit = await dispatch({
      args: line.split(" "),
      address,
      backend: () => backend,
      clock: systemClock,
      expiryMs: 30 * DAY_MS,
      stateDir,
      openStore: store,
      print: (text) => lines.push(text),
      readInput: async () => extra.input ?? "",
      isTerminal: extra.isTerminal ?? true,
      names: INSTALLED_NAMES,
      confirm:
        extra.answer === undefined
          ? undefined
          : async (question) => {
              asked.push(question);
              return extra.answer === true;
            },
    });
    return { exit, lines, asked, text: lines.join("\n") };
  };
  const pairOffline = async (name: string, extra: { parent?: string; app?: boolean } = {}) => {
    const devices = await loadDevices({
      store: await store(),
      clock: systemClock,
      randomBytes: backend.randomBytes,
      expiryMs: 30 * DAY_MS,
      clockIsPlausible: () => true,
      onStoreError: () => undefined,
    });
    const id = devices.freshId();
    const routeTokenHash = encodeBase64Url(backend.randomBytes(32));
    await devices.add(id, { publicKey: backend.randomBytes(32), name, routeTokenHash, ...extra });
    return id;
  };
  return { stateDir, address, store, command, pairOffline };
}

describe("commands while no node runs", () => {
  it("work on what is stored", async () => {
    const { command, pairOffline } = await setUp();
    expect((await command("devices")).text).toBe("no device is paired");
    const id = await pairOffline("Ann");
    expect((await command("devices")).text).toMatch(new RegExp(`${id} +Ann +just now`));
    expect(await command(`rename ${id} Ann's old phone`)).toMatchObject({ exit: EXIT.OK });
    expect((await command(`read-only ${id} on`)).exit).toBe(EXIT.OK);
    expect((await command("devices")).text).toMatch(/Ann's old phone .* read only/);
    expect(JSON.parse((await command("devices --json")).text)).toMatchObject({
      devices: [{ id, name: "Ann's old phone", connected: false, read_only: true }],
    });
    // Not that it may do everything: there may be rules.
    expect((await command(`read-only ${id} off`)).text).toBe(`${id} is no longer read only`);
    expect((await command(`revoke ${id}`)).text).toBe(`${id} Ann's old phone is out`);
    expect((await command("devices")).text).toBe("no device is paired");
    expect((await command(`revoke ${id}`)).exit).toBe(EXIT.FAILED);
  });

  it("show a web app below the device that opened it, and remove its cookies with it", async () => {
    const { command, pairOffline, stateDir } = await setUp();
    const phone = await pairOffline("Ann");
    await pairOffline("Ben");
    const app = await pairOffline("Firefox", { parent: phone, app: true });
    const { lines } = await command("devices");
    expect(lines.map((line) => line.split(/ {2,}/)[1])).toEqual(["NAME", "Ann", "└ Firefox", "Ben"]);
    expect(lines[2]).toMatch(/web app$/);
    expect(JSON.parse((await command("devices --json")).text).devices).toContainEqual(
      expect.objectContaining({ id: app, parent: phone, app: true }),
    );
    const jars = jarFiles(jarDirectory(stateDir, "file"));
    await jars.write(app, new Uint8Array(9));
    await command(`revoke ${phone}`);
    expect(await jars.list()).toEqual([]);
    expect((await command("devices")).lines.length).toBe(2);
  });

  it("give a device the name that was said, or say why not", async () => {
    const { command, pairOffline } = await setUp();
    const id = await pairOffline("Ann");
    for (const name of ["", " ", "\u200b"]) {
      const { exit, text } = await command(`rename ${id} ${name}`);
      expect([exit, text]).toEqual([EXIT.USAGE, expect.stringMatching(/^a name needs/)]);
    }
    expect((await command(`rename ${id} ${"x".repeat(MAX_NAME_LENGTH)}`)).exit).toBe(EXIT.OK);
    const { exit, text } = await command(`rename ${id} ${"x".repeat(MAX_NAME_LENGTH + 1)}`);
    expect([exit, text]).toEqual([EXIT.USAGE, "that name is too long: 64 characters at most"]);
    expect((await command("devices")).text).toContain("x".repeat(MAX_NAME_LENGTH));
    expect((await command("rename plaintext:7 Ann")).text).toMatch(/^a plaintext session has no name/);
  });

  it("revoke everybody", async () => {
    const { command, pairOffline } = await setUp();
    await pairOffline("a");
    await pairOffline("b");
    const { lines } = await command("revoke --all");
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(/ a is out$/),
      expect.stringMatching(/ b is out$/),
    ]);
    const again = await command("revoke --all");
    expect(again).toMatchObject({
      exit: EXIT.OK,
      text: expect.stringMatching(/^no device was paired\nclients without/),
    });
  });

  it("revoke plaintext clients too, which a relay would let in again when the node starts", async () => {
    const { command, store } = await setUp();
    await command("revoke --all");
    const revocations = await loadPlaintextRevocations({
      store: await store(),
      clock: systemClock,
      onStoreError: () => undefined,
    });
    expect(revocations.isOut("s1")).toBe(true);
  });

  it("keep rules and tell what they would do", async () => {
    const { command } = await setUp();
    expect((await command("rules")).text).toBe("no rules: paired devices may do everything");
    expect((await command("rules add deny POST /admin")).text).toBe("1  deny POST /admin");
    expect((await command("rules test POST /admin/x")).text).toBe("refused: denied_by_rule");
    expect((await command("rules test GET /admin/x")).text).toBe("allowed");
    expect((await command("rules test POST /x/%2e%2e/admin")).text).toBe("refused: ambiguous_path");
    const encoded = await command("rules add deny /a%2fb");
    expect([encoded.exit, encoded.lines[0]]).toEqual([
      EXIT.USAGE,
      expect.stringContaining("A prefix is plain"),
    ]);
    const verb = await command("rules add foo /x");
    expect([verb.exit, verb.lines[0]]).toEqual([
      EXIT.USAGE,
      'a rule begins with allow or deny, not with "foo". For example:',
    ]);
    expect((await command("rules remove 1")).exit).toBe(EXIT.OK);
    expect((await command("rules remove 1")).exit).toBe(EXIT.FAILED);
  });

  it("take a header's value from standard input and never show it", async () => {
    const { command } = await setUp();
    const set = await command("headers set X-Ora-Token", { input: "s3cret\n" });
    expect(set.exit).toBe(EXIT.OK);
    const list = await command("headers");
    expect(list.text).toBe("X-Ora-Token: ••••••••");
    expect(set.text + list.text).not.toContain("s3cret");
    expect((await command("headers set Host", { input: "x" })).exit).toBe(EXIT.FAILED);
    expect((await command("headers set X-Other", { input: "" })).exit).toBe(EXIT.FAILED);
    expect((await command("headers remove x-ora-token")).exit).toBe(EXIT.OK);
    expect((await command("headers")).text).toBe("no headers are added");
  });

  it("say so when they need one", async () => {
    const { command } = await setUp();
    for (const line of ["pair", "status", "activity"]) {
      expect(await command(line)).toMatchObject({
        exit: EXIT.FAILED,
        lines: ["no node is running on this state directory"],
        text: "no node is running on this state directory",
      });
    }
  });

  it("say that nothing is stored when secrets are kept in memory", async () => {
    const { command } = await setUp(async () => memorySecrets());
    const { exit, text } = await command("devices");
    expect(exit).toBe(EXIT.FAILED);
    expect(text).toContain("nothing is stored");
  });

  it.each([
    "devices all",
    "rename x",
    "revoke",
    "revoke a b",
    "read-only x maybe",
    "rules remove x",
    "headers set",
  ])("explain themselves: %s", async (line) => {
    const { command } = await setUp();
    const { exit, text } = await command(line);
    expect(exit).toBe(EXIT.USAGE);
    expect(text).toContain(`usage: ora-node ${line.split(" ")[0]}`);
  });
});

describe("a new identity", () => {
  it("is made after asking, and forgets every device", async () => {
    const { command, pairOffline, store } = await setUp();
    const before = await readNodeKey({ store: await store(), backend });
    expect(before).toBeUndefined();
    await pairOffline("a");
    expect(await command("new-identity", { answer: false })).toMatchObject({
      asked: ["This PC gets a new identity, and 1 paired device has to be paired again. Go on?"],
      text: "nothing was changed",
    });
    await pairOffline("b");
    const { asked } = await command("new-identity", { answer: false });
    expect(asked.join()).toContain("2 paired devices have to be paired again");
    expect(await command("new-identity")).toMatchObject({ exit: EXIT.USAGE });
    expect(await readNodeKey({ store: await store(), backend })).toBeUndefined();
    const made = await command("new-identity", { answer: true });
    expect([made.exit, made.lines.at(-1)]).toEqual([EXIT.OK, "2 devices were forgotten"]);
    const first = await readNodeKey({ store: await store(), backend });
    expect((await command("devices")).text).toBe("no device is paired");
    await pairOffline("c");
    const again = await command("new-identity --yes");
    expect([again.exit, again.lines.at(-1)]).toEqual([EXIT.OK, "1 device was forgotten"]);
    const second = await readNodeKey({ store: await store(), backend });
    expect(second?.publicKey).not.toEqual(first?.publicKey);
  });

  it("is not made under a running node", async () => {
    const { command, address } = await setUp();
    const server = await listenForCommands(address, async () => 0);
    cleanups.push(() => server.close());
    await expect(command("new-identity --yes")).rejects.toMatchObject({ code: "already_running" });
  });
});

describe("commands to a running node", () => {
  async function running() {
    const set = await setUp();
    const relay = await testRelay();
    cleanups.push(() => relay.close());
    const api = await oddApi();
    cleanups.push(() => api.close());
    const env = {
      ORA_RELAY_URL: relay.url.href,
      ORA_NODE_API_BASE_URL: api.target.origin,
      ORA_NODE_ASK_BEFORE_PAIRING: "1",
      ORA_NODE_ALLOW_PLAINTEXT: "1",
    };
    const node = await startNodeCore({
      config: loadNodeConfig(env, { platform: "linux", home: "/nowhere" }),
      env,
      clock: systemClock,
      backend,
      store: await set.store(),
      machineName: "desk",
      event: () => undefined,
    });
    cleanups.push(() => node.stop());
    const server = await listenForCommands(set.address, (call) =>
      runCommand({ ...call, names: INSTALLED_NAMES, target: { memory: node, live: node, now: Date.now } }),
    );
    cleanups.push(() => server.close());
    const leg = await relay.online.next();
    while (node.pairingLink === undefined) await new Promise((resolve) => setImmediate(resolve));
    return { ...set, node, relay, leg };
  }

  it("show codes, let a device in, show it, and throw it out in the middle of a download", async () => {
    const { command, node, relay } = await running();
    const shown = await command("pair");
    expect(shown.exit).toBe(EXIT.OK);
    expect(shown.text).toMatch(/^pairing_code=[0-9A-Z]{5}-[0-9A-Z]{5}$/m);
    expect(shown.text).toMatch(/not encrypted/);
    expect(shown.text).toMatch(/^encrypted_pairing_code=[0-9A-Z]{4}-[0-9A-Z]{4}$/m);
    expect(shown.text).toContain("\u001b[");
    expect((await command("pair", { isTerminal: false })).text).not.toContain("\u001b");
    expect((await command("pair --plain")).text).not.toContain("\u001b");

    const phone = new TestDevice({ relay: relay.url, nodeId: node.nodeId, name: "Ann" });
    const pairing = phone.pair(node.pairingLink ?? "");
    while (node.desk.questions.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await command("status")).text).toMatch(
      /^0 paired devices, 0 of them connected$[\s\S]*Ann \(check number \d{4}\) waits/m,
    );
    expect((await command("pair --allow")).text).toBe("Ann is let in");
    const channel = await pairing;
    const endless = channel.open({ path: "/endless", end: true });
    await endless.until(() => endless.received > 500_000);
    expect((await command("devices")).text).toMatch(/Ann +connected/);
    expect((await command("status")).text).toMatch(/^1 paired device, connected$/m);
    expect((await command("activity")).text).toMatch(/GET \/endless 200 open/);
    expect((await command(`revoke ${phone.id}`)).exit).toBe(EXIT.OK);
    expect((await endless.done).reset?.code).toBe("denied");
    expect((await command("devices")).text).toBe("no device is paired");
    expect((await command("pair --allow")).exit).toBe(EXIT.FAILED);
  });

  it("tell programs what the node was started with, and nothing secret", async () => {
    const { command, node, address, relay } = await running();
    while (node.relayState.kind !== "connected") await new Promise((resolve) => setImmediate(resolve));
    const [line = "", ...more] = (await command("status --json")).lines;
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({
      node_id: node.nodeId,
      relay: "connected",
      api_base_url: node.apiAddress,
      secrets: "file",
    });
    expect(await askRunning(() => address)).toMatchObject({
      kind: "running",
      report: { isConnected: true, relayUrl: { host: relay.url.host } },
    });
    expect((await command("status --yaml")).exit).toBe(EXIT.USAGE);
  });

  it("throw everybody out, and say whom", async () => {
    const { command, node, leg } = await running();
    leg.send({ type: "session_opened", id: "s1", ttl: 60, peer: "192.0.2.7" });
    while (node.plaintext.list().length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await command("revoke --all")).lines).toContain("plaintext:s1 192.0.2.7 is out");
    expect(node.plaintext.list()).toEqual([]);
  });

  it("turn a device away", async () => {
    const { command, node, relay } = await running();
    const phone = new TestDevice({ relay: relay.url, nodeId: node.nodeId });
    const channel = await phone.pairByLink(node.pairingLink ?? "");
    if (!(channel instanceof OpenChannel)) throw new Error("no channel");
    channel.muxer.sendControl({ type: "pair_confirm" });
    while (node.desk.questions.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await command("pair --refuse 99")).exit).toBe(EXIT.FAILED);
    expect((await command("pair --refuse")).exit).toBe(EXIT.OK);
    expect(await channel.closed).toMatchObject({ code: "denied" });
  });

  it("are safe from paths that would steer a terminal", async () => {
    const { command, node } = await running();
    node.activity
      .begin({ device: "d", method: "GET", path: "/\u001b[2J\u202e", isWebSocket: false })
      .finish("done");
    expect((await command("activity")).text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
