/** The doctors as programs: what scripts see of them, and the way through a company's proxy that only the node takes. */
import { beforeAll, expect, it } from "vitest";
import type { Finding } from "#shared/doctor/finding.ts";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import { startTestApi } from "../support/api.ts";
import { runScript } from "../support/checkout.ts";
import { startConnectProxy } from "../support/connect-proxy.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { type Authority, type Patient, startAuthority, startPatient } from "./sickbed.ts";

describeWith({ nginx: "nginx-light", openssl: "openssl" }, "the doctors as programs", () => {
  const atTheEnd = endingsOfAllTests();
  let ca: Authority;
  let patient: Patient;
  beforeAll(async () => {
    ca = await startAuthority(atTheEnd);
    patient = await startPatient(atTheEnd, ca);
  });

  async function run(name: "relay" | "node", env: Record<string, string>, ...args: string[]) {
    const program = runScript(name, { env, args: ["doctor", ...args] });
    atTheEnd(() => program.stop());
    return { code: await program.exited, lines: program.lines };
  }

  it("go through the proxy of a company, and tell programs what they found", async () => {
    const proxy = await startConnectProxy(Number(new URL(patient.address).port));
    atTheEnd(() => proxy.close());
    const api = await startTestApi((_, response) => response.end());
    atTheEnd(() => api.close());
    const env = {
      ORA_RELAY_URL: patient.address,
      ORA_NODE_API_BASE_URL: api.origin,
      ORA_NODE_SECRETS: "memory",
      HTTPS_PROXY: proxy.origin,
      NODE_EXTRA_CA_CERTS: ca.cert,
    };
    const { code, lines } = await run("node", env, "--json");
    expect([code, lines.length]).toEqual([0, 1]);
    const { ok, checks }: { ok: boolean; checks: Finding[] } = JSON.parse(lines[0] ?? "");
    const states = new Map(checks.map(({ check, state }) => [check, state]));
    expect(ok).toBe(true);
    for (const check of ["api", "tcp", "websocket", "public_url", "clock", "message_size", "node"]) {
      expect(states.get(check), check).toBe("ok");
    }
    expect(new Set(proxy.asked)).toEqual(new Set([new URL(patient.address).host]));

    const untrusting = await run("node", { ...env, NODE_EXTRA_CA_CERTS: "" });
    expect(untrusting.code).toBe(1);
    expect(untrusting.lines).toContainEqual(expect.stringMatching(/^WRONG {2}tls /));
  }, 120_000);

  it("end with 1 where something is wrong, and with 64 where they do not understand", async () => {
    const ill = await run("relay", { ORA_RELAY_PORT: String(await freePort()) });
    expect(ill.code).toBe(1);
    expect(ill.lines).toContainEqual(expect.stringMatching(/^WRONG {2}listening /));
    expect(ill.lines).toContainEqual(expect.stringContaining("start it: npm run relay in a checkout"));
    expect((await run("relay", {}, "--quick")).code).toBe(64);
    expect((await run("node", {}, "--quick")).code).toBe(64);
    const asked = await run("relay", {}, "--help");
    expect([asked.code, asked.lines.join()]).toEqual([0, expect.stringContaining("--json")]);
  }, 120_000);
});
