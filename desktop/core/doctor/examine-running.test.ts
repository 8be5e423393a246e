import { describe, expect, it } from "vitest";
import type { Finding } from "#shared/doctor/finding.ts";
import { VERSION } from "#shared/protocol/version.ts";
import { loadNodeConfig } from "../config.ts";
import { relayProxy } from "../connector/relay-proxy.ts";
import { settingsInUse } from "../settings-in-use.ts";
import { examineRunning } from "./examine-running.ts";
import type { NodeReport } from "./node-report.ts";

const ENROLL_KEY = "a-key-that-is-long-enough-0123456789";
const machine = { platform: "linux", home: "/nowhere" } as const;

function hereWith(env: Record<string, string>) {
  const config = loadNodeConfig(env, machine);
  return { config, proxy: relayProxy(config.relayUrl, env) };
}

function toldBy(env: Record<string, string>, version = VERSION): NodeReport {
  const config = loadNodeConfig(env, machine);
  return { ...settingsInUse({ config, env, store: { kind: "file" } }), version, isConnected: true };
}

function examine(running: Parameters<typeof examineRunning>[0], env: Record<string, string>) {
  const findings: Finding[] = [];
  const subject = examineRunning(running, hereWith(env), (finding) => findings.push(finding));
  const [finding] = findings;
  if (finding === undefined || findings.length > 1) throw new Error("not one finding");
  return { finding, subject };
}

describe("what the doctor of a PC looks at", () => {
  it("is what is set here where no node runs, and it says so, with how to take a service's", () => {
    const { finding, subject } = examine({ kind: "none" }, { ORA_RELAY_URL: "wss://a.example" });
    expect(subject.relayUrl.host).toBe("a.example");
    expect(finding.state).toBe("note");
    expect(finding.said).toMatch(
      /^no node runs on \/nowhere\/\S+, so what follows is of the settings above$/,
    );
    expect(finding.advice?.join()).toContain("node.env");
  });

  it("is the same where one runs that does not tell, and then why", () => {
    const { finding, subject } = examine({ kind: "silent", why: "it is shy" }, {});
    expect([finding.state, subject.secrets]).toEqual(["note", undefined]);
    expect(finding.said).toContain("(it is shy)");
  });

  it("is what the running node uses, and it says so when that is something else", () => {
    const report = toldBy({
      ORA_RELAY_URL: "wss://b.example",
      ORA_NODE_API_BASE_URL: "http://127.0.0.1:3000",
    });
    const { finding, subject } = examine({ kind: "running", report }, { ORA_RELAY_URL: "wss://a.example" });
    expect([subject.relayUrl.host, subject.api.port, subject.secrets]).toEqual(["b.example", 3000, "file"]);
    expect(finding.state).toBe("note");
    expect(finding.said).toContain(
      "not of those above: the relay wss://b.example, the API http://127.0.0.1:3000",
    );
    const same = examine({ kind: "running", report: toldBy({}) }, {});
    expect(same.finding.state).toBe("ok");
  });

  it("notes a node of another version", () => {
    const { finding } = examine({ kind: "running", report: toldBy({}, "0.0.1") }, {});
    expect(finding).toMatchObject({ state: "note", said: expect.stringContaining("version 0.0.1") });
  });

  it("takes the key that is known here to the running node's relay alone", () => {
    const env = { ORA_RELAY_URL: "wss://a.example", ORA_RELAY_ENROLL_KEY: ENROLL_KEY };
    const report = toldBy(env);
    const same = examine({ kind: "running", report }, env).subject;
    expect([same.enrollKey, same.lacksKey]).toEqual([ENROLL_KEY, undefined]);
    const elsewhere = examine({ kind: "running", report }, { ...env, ORA_RELAY_URL: "wss://b.example" });
    expect(elsewhere.subject.enrollKey).toBeUndefined();
    expect(elsewhere.subject.lacksKey).toContain("enrolment key");
    const without = examine({ kind: "running", report: toldBy({ ORA_RELAY_URL: "wss://a.example" }) }, env);
    expect([without.subject.enrollKey, without.subject.lacksKey]).toEqual([undefined, undefined]);
  });

  it("goes through the running node's proxy, with the login where it is known here", () => {
    const env = { ORA_RELAY_URL: "wss://a.example", HTTPS_PROXY: "http://ann:password@proxy.example:3128" };
    const report = toldBy(env);
    expect(examine({ kind: "running", report }, env).subject.proxy?.username).toBe("ann");
    const stranger = examine({ kind: "running", report }, { ORA_RELAY_URL: "wss://a.example" });
    expect(stranger.subject.proxy?.href).toBe("http://proxy.example:3128/");
    expect(stranger.finding.said).toContain("through http://proxy.example:3128");
    const direct = examine({ kind: "running", report: toldBy({ ORA_RELAY_URL: "wss://a.example" }) }, env);
    expect(direct.subject.proxy).toBeUndefined();
  });
});
