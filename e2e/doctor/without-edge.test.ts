/** Both doctors at relays that are broken without a web server's help, and at what is no relay at all. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { VERSION } from "#shared/protocol/version.ts";
import { loadNodeConfig } from "../../desktop/core/config.ts";
import { settingsInUse } from "../../desktop/core/settings-in-use.ts";
import { startTestApi } from "../support/api.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { startTestRelay } from "../support/relay.ts";
import { askNodeDoctor, askRelayDoctor, networkHere, wrongOnes } from "./sickbed.ts";

describe("the doctors", () => {
  const atTheEnd = endingsOfEachTest();

  it("tell of names that lead nowhere, and of ports on which nobody listens", async () => {
    const noName = await askRelayDoctor({
      network: networkHere(undefined),
      args: ["https://nowhere.invalid"],
    });
    expect([noName.exitCode, wrongOnes(noName)]).toEqual([1, ["dns"]]);
    expect(noName.findings.get("dns")?.advice?.join()).toContain("A record of nowhere.invalid");
    const nobody = await askRelayDoctor({ args: [`http://127.0.0.1:${await freePort()}`] });
    expect(wrongOnes(nobody)).toEqual(["tcp"]);
    expect(nobody.findings.get("tcp")?.advice?.join()).toContain("ss -ltnp");
  });

  it("tell of plain HTTP where TLS was meant", async () => {
    const relay = await startTestRelay();
    atTheEnd(() => relay.close());
    const found = await askRelayDoctor({ args: [relay.origin.replace("http", "https")] });
    expect(wrongOnes(found)).toEqual(["tls"]);
    expect(found.findings.get("tls")?.said).toContain("does not speak TLS");
  });

  it("tell of a web server that is no relay, and of a socket that is none of ours", async () => {
    const web = await startTestApi((_, response) => response.end("hello"));
    atTheEnd(() => web.close());
    expect(wrongOnes(await askRelayDoctor({ args: [web.origin] }))).toEqual(["websocket"]);
    const sockets = new WebSocketServer({ server: web.server, handleProtocols: () => false });
    atTheEnd(() => sockets.close());
    const found = await askRelayDoctor({ args: [web.origin] });
    expect(found.findings.get("websocket")?.said).toContain("not this protocol");
  });

  it("tell of a relay that does not know its own address", async () => {
    const relay = await startTestRelay({ ORA_RELAY_HOST: "0.0.0.0" });
    atTheEnd(() => relay.close());
    const outside = await askRelayDoctor({ args: [relay.origin] });
    expect(wrongOnes(outside)).toEqual(["public_url"]);
    const env = { ORA_RELAY_HOST: "0.0.0.0", ORA_RELAY_PORT: String(relay.port) };
    expect(wrongOnes(await askRelayDoctor({ env }))).toEqual(["public_url"]);
  });

  it("tell of something on the way that takes small messages only", async () => {
    const edge = createServer();
    edge.listen(0, "127.0.0.1");
    await new Promise((resolve) => edge.once("listening", resolve));
    atTheEnd(() => edge.close());
    const address = `http://127.0.0.1:${(edge.address() as AddressInfo).port}`;
    const relay = await startTestRelay({ ORA_RELAY_PUBLIC_URL: address });
    atTheEnd(() => relay.close());
    const sockets = new WebSocketServer({ server: edge, maxPayload: 16 * 1024 });
    atTheEnd(() => sockets.close());
    sockets.on("connection", (inward, request) => {
      const outward = new WebSocket(`${relay.origin.replace("http", "ws")}${request.url}`, ["ora.v2"]);
      const waiting: (() => void)[] = [];
      outward.on("open", () => {
        for (const send of waiting.splice(0)) send();
      });
      outward.on("message", (data) => inward.send(String(data)));
      inward.on("message", (data) => {
        const send = () => outward.send(String(data));
        if (outward.readyState === WebSocket.OPEN) send();
        else waiting.push(send);
      });
      for (const [one, other] of [
        [inward, outward],
        [outward, inward],
      ] as const) {
        one.on("error", () => undefined);
        one.on("close", () => other.terminate());
      }
    });
    const found = await askRelayDoctor({ args: [address] });
    expect(wrongOnes(found)).toEqual(["message_size"]);
  });

  it("look at what the server alone shows: its own listener, its keys, its limits, its settings", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ora-doctor-"));
    atTheEnd(() => rm(folder, { recursive: true, force: true }));
    const keys = join(folder, "keys.json");
    await writeFile(keys, "not keys", { mode: 0o644 });
    const [port, admin] = [await freePort(), await freePort()];
    const relay = await startTestRelay({
      ORA_RELAY_PORT: String(port),
      ORA_RELAY_ADMIN_PORT: String(admin),
    });
    atTheEnd(() => relay.close());
    const env = { ORA_RELAY_PORT: String(port), ORA_RELAY_ADMIN_PORT: String(admin) };
    const well = await askRelayDoctor({ env });
    expect([well.exitCode, well.findings.get("ready")?.state]).toEqual([0, "ok"]);
    // Other systems tell no limit.
    if (process.platform === "linux") {
      expect(well.findings.get("open_files")?.said).toMatch(/^the running relay may have \d+ open/);
    }
    const ill = await askRelayDoctor({
      env: { ...env, ORA_RELAY_ADMIN_PORT: String(await freePort()), ORA_RELAY_ENROLL_KEYS_FILE: keys },
    });
    expect(wrongOnes(ill)).toEqual(["ready", "keys"]);
    const misspelt = await askRelayDoctor({ env: { ORA_RELAY_PROT: "1" } });
    expect([misspelt.exitCode, wrongOnes(misspelt)]).toEqual([1, ["settings"]]);
  });

  it("say what they look at, and where it is from", async () => {
    const port = String(await freePort());
    const set = await askRelayDoctor({ env: { ORA_RELAY_PORT: port } });
    expect(set.findings.get("settings")).toMatchObject({
      state: "ok",
      said: expect.stringContaining("ORA_RELAY_PORT from the environment"),
    });
    // Whether a relay is there is not the question.
    const nothing = await askRelayDoctor({ env: { ORA_RELAY_PORT: "" } });
    expect(nothing.findings.get("settings")).toMatchObject({
      state: "note",
      said: expect.stringMatching(/^nothing is set .*: this looks at the defaults, .*127\.0\.0\.1:9010$/),
      advice: expect.arrayContaining([expect.stringContaining("/etc/ora-relay/relay.env")]),
    });
    const misspelt = await askNodeDoctor({ env: { ORA_NODE_SECRETS: "cloud" } });
    expect(misspelt.findings.get("settings")?.advice).toEqual([
      "what is set: ORA_NODE_SECRETS from the environment",
    ]);
  });

  it("of a PC look at what its running node uses, whatever is set beside it", async () => {
    const relay = await startTestRelay();
    atTheEnd(() => relay.close());
    const api = await startTestApi((_, response) => response.end());
    atTheEnd(() => api.close());
    const used = { ORA_RELAY_URL: relay.origin, ORA_NODE_API_BASE_URL: api.origin };
    const config = loadNodeConfig(used, { platform: "linux", home: "/nowhere" });
    const settings = settingsInUse({ config, env: used, store: { kind: "file" } });
    const report = { ...settings, version: VERSION, isConnected: true };
    const nobody = `127.0.0.1:${await freePort()}`;
    const beside = { ORA_RELAY_URL: `ws://${nobody}`, ORA_NODE_API_BASE_URL: `http://${nobody}` };
    expect(wrongOnes(await askNodeDoctor({ env: beside }))).toEqual(["api", "tcp"]);
    const asked = await askNodeDoctor({ env: beside, running: { kind: "running", report } });
    expect([asked.exitCode, wrongOnes(asked)]).toEqual([0, []]);
    expect(asked.findings.get("running")?.said).toContain(relay.origin.replace("http", "ws"));
    expect(asked.findings.get("secrets")?.said).toContain("the running node keeps them in files");
  });

  it("tell of a local API that does not run", async () => {
    const relay = await startTestRelay();
    atTheEnd(() => relay.close());
    const found = await askNodeDoctor({
      env: {
        ORA_RELAY_URL: relay.origin,
        ORA_NODE_API_BASE_URL: `http://127.0.0.1:${await freePort()}`,
      },
    });
    expect(wrongOnes(found)).toEqual(["api"]);
  });

  it("refuse what they do not understand", async () => {
    for (const args of [
      ["--fast"],
      ["a.example", "b.example"],
      ["ftp://a.example"],
      ["https://u:p@a.example"],
    ]) {
      expect((await askRelayDoctor({ args })).exitCode, args.join(" ")).toBe(64);
      expect((await askNodeDoctor({ args })).exitCode, args.join(" ")).toBe(64);
    }
    expect((await askRelayDoctor({ args: ["--help"] })).lines.join()).toContain("usage: ora-relay doctor");
  });
});
