/** Both doctors at relays that are really broken, each in one way. */

import { beforeAll, expect, it } from "vitest";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import { startTestApi } from "../support/api.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import {
  type Authority,
  askNodeDoctor,
  askRelayDoctor,
  type Illness,
  NAME,
  networkHere,
  startAuthority,
  startPatient,
  wrongOnes,
} from "./sickbed.ts";

const HOUR_MS = 3_600_000;

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
