/** Both doctors at relays that are really broken, each in one way. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import { startTestApi } from "../support/api.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { startTestRelay } from "../support/relay.ts";
import {
  type Authority,
  askNodeDoctor,
  askRelayDoctor,
  type Diagnosis,
  type Illness,
  NAME,
  networkHere,
  startAuthority,
  startPatient,
} from "./sickbed.ts";

const HOUR_MS = 3_600_000;

const wrongOnes = ({ findings }: Diagnosis) =>
  [...findings.values()].filter(({ state }) => state === "wrong").map(({ check }) => check);

describeWith({ nginx: "nginx-light", openssl: "openssl" }, "the doctors, at a relay behind nginx,", () => {
  const atTheEnd = endingsOfEachTest();
  const atTheEndOfAll = endingsOfAllTests();
  let ca: Authority;
  beforeAll(async () => {
    ca = await startAuthority(atTheEndOfAll);
  });

  /** What the doctor says who looks from outside. */
  async function seen(illness: Illness, consultation: Parameters<typeof askRelayDoctor>[0] = {}) {
    const { address } = await startPatient(atTheEnd, ca, illness);
    return askRelayDoctor({ network: networkHere(ca.pem), ...consultation, args: [address] });
  }

  it("find nothing wrong where nothing is", async () => {
    const { address, env } = await startPatient(atTheEnd, ca);
    const network = networkHere(ca.pem);
    const fromServer = await askRelayDoctor({ network, env });
    expect([fromServer.exitCode, wrongOnes(fromServer), fromServer.lines.at(-1)]).toEqual([
      0,
      [],
      "all is well",
    ]);
    for (const check of ["settings", "listening", "dns", "tcp", "tls", "websocket", "public_url", "clock"]) {
      expect(fromServer.findings.get(check)?.state, check).toBe("ok");
    }
    for (const check of ["message_size", "apps", "node"]) {
      expect(fromServer.findings.get(check)?.state, check).toBe("ok");
    }
    const api = await startTestApi((_, response) => response.end());
    atTheEnd(() => api.close());
    const fromPc = await askNodeDoctor({
      network,
      env: { ORA_RELAY_URL: address, ORA_NODE_API_BASE_URL: api.origin },
    });
    expect([fromPc.exitCode, wrongOnes(fromPc)]).toEqual([0, []]);
    expect(fromPc.findings.get("api")?.state).toBe("ok");
  });

  it("stay when they are asked to, and find a web server that cuts what is idle", async () => {
    const network = networkHere(ca.pem);
    const well = await startPatient(atTheEnd, ca);
    const held = await askRelayDoctor({ network, args: ["--long", well.address], stayMs: 100 });
    expect(held.lines).toContainEqual(expect.stringMatching(/^ok {5}idle /));
    const ill = await startPatient(atTheEnd, ca, {
      relay: {},
      change: (text) => text.replace("proxy_read_timeout 120s", "proxy_read_timeout 1s"),
    });
    const cut = await askRelayDoctor({ network, args: ["--long", ill.address], stayMs: 60_000 });
    expect(cut.exitCode).toBe(1);
    expect(cut.lines).toContainEqual(expect.stringMatching(/^WRONG {2}idle .*cut after \d+ s$/));
    expect(cut.lines.join("\n")).toContain("proxy_read_timeout 120s");
  });

  it("tell of a certificate that has expired, and what renews it", async () => {
    const found = await seen({ relay: {}, days: -1 });
    expect([found.exitCode, wrongOnes(found)]).toEqual([1, ["tls"]]);
    expect(found.findings.get("tls")).toMatchObject({
      said: expect.stringMatching(/has expired on \d{4}-\d\d-\d\d$/),
      advice: [expect.stringContaining("certbot renew")],
    });
  });

  it("tell of one that is about to, and call that no fault", async () => {
    const found = await seen({ relay: {}, days: 5 });
    expect(found.exitCode).toBe(0);
    expect(found.findings.get("tls")).toMatchObject({ state: "note", said: expect.stringContaining("days") });
  });

  it("tell of a certificate for another name, and of one by an authority that is not known", async () => {
    const other = await seen({ relay: {}, names: ["other.example"] });
    expect(wrongOnes(other)).toEqual(["tls"]);
    expect(other.findings.get("tls")?.said).toContain("is for another name");
    const stranger = await seen({ relay: {} }, { network: networkHere(undefined) });
    expect(stranger.findings.get("tls")?.said).toContain("an authority that this machine does not know");
  });

  it("tell of apps whose names have no certificate", async () => {
    const found = await seen({ relay: {}, names: [NAME] });
    expect(wrongOnes(found)).toEqual(["apps"]);
    expect(found.findings.get("apps")?.said).toContain(`*.${NAME}`);
  });

  it("tell of apps whose names lead nowhere", async () => {
    const network = networkHere(ca.pem);
    const { lookup } = network;
    const noWildcard = (host: string) =>
      host === NAME && lookup !== undefined
        ? lookup(host)
        : Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
    const found = await seen({ relay: {} }, { network: { ...network, lookup: noWildcard } });
    expect(wrongOnes(found)).toEqual(["apps"]);
    expect(found.findings.get("apps")?.advice?.join()).toContain(`A record of *.${NAME}`);
  });

  it("tell of a web server that does not pass the upgrade on", async () => {
    const change = (text: string) => text.replace(/ *proxy_set_header (Upgrade|Connection) .*\n/g, "");
    const found = await seen({ relay: {}, change });
    expect(wrongOnes(found)).toEqual(["websocket"]);
    expect(found.findings.get("websocket")?.said).toContain("does not pass the upgrade on");
    expect(found.findings.get("websocket")?.advice?.join()).toContain("Upgrade");
  });

  it("tell of a web server without a relay behind it, from outside and on the server", async () => {
    const { address, env } = await startPatient(atTheEnd, ca, { relay: undefined });
    const network = networkHere(ca.pem);
    const outside = await askRelayDoctor({ network, args: [address] });
    expect(wrongOnes(outside)).toEqual(["websocket"]);
    expect(outside.findings.get("websocket")?.said).toContain("HTTP 502");
    expect(wrongOnes(await askRelayDoctor({ network, env }))).toEqual(["listening", "websocket"]);
  });

  it("tell of a relay that has another name for itself", async () => {
    const found = await seen({ relay: { ORA_RELAY_PUBLIC_URL: "https://other.example" } });
    expect(wrongOnes(found)).toContain("public_url");
    expect(found.findings.get("public_url")?.advice?.[0]).toMatch(
      /^on the server: ORA_RELAY_PUBLIC_URL=https:\/\/relay\.example:\d+,/,
    );
    expect(found.findings.get("node")?.state).toBe("wrong");
  });

  it("tell of clocks that differ, and from which side", async () => {
    const network = (offset: number) => ({ ...networkHere(ca.pem), now: () => Date.now() + offset });
    const ahead = await seen({ relay: {} }, { network: network(HOUR_MS) });
    expect(wrongOnes(ahead)).toEqual(["clock"]);
    expect(ahead.findings.get("clock")?.said).toContain("60 min ahead of the relay");
    const behind = await seen({ relay: {} }, { network: network(-3 * HOUR_MS) });
    expect(behind.findings.get("clock")?.said).toContain("3 h behind the relay");
  });

  it("tell of a relay that wants a key, and of a wrong one", async () => {
    const { address, env } = await startPatient(atTheEnd, ca, {
      relay: { ORA_RELAY_ENROLL_KEY: "a-key-that-is-long-enough-0123456789" },
    });
    const network = networkHere(ca.pem);
    const stranger = await askNodeDoctor({ network, env: { ORA_RELAY_URL: address } });
    expect(stranger.findings.get("node")?.said).toContain("enrolment key");
    expect(stranger.lines.join("\n")).toContain("ora-relay keys add");
    const key = env.ORA_RELAY_ENROLL_KEY ?? "";
    const known = await askNodeDoctor({
      network,
      env: { ORA_RELAY_URL: address, ORA_RELAY_ENROLL_KEY: key },
    });
    expect(known.findings.get("node")?.state).toBe("ok");
    expect([...stranger.lines, ...known.lines].join("\n")).not.toContain(key);
  });
});

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
    expect(well.findings.get("open_files")?.said).toMatch(/^the running relay may have \d+ open/);
    const ill = await askRelayDoctor({
      env: { ...env, ORA_RELAY_ADMIN_PORT: String(await freePort()), ORA_RELAY_ENROLL_KEYS_FILE: keys },
    });
    expect(wrongOnes(ill)).toEqual(["ready", "keys"]);
    const misspelt = await askRelayDoctor({ env: { ORA_RELAY_PROT: "1" } });
    expect([misspelt.exitCode, wrongOnes(misspelt)]).toEqual([1, ["settings"]]);
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
