import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Finding } from "#shared/doctor/finding.ts";
import { describeWithNats, startNats, type TestNats } from "../cluster/testing/nats-server.ts";
import { loadRelayConfig } from "../config.ts";
import { makeCertificate } from "../testing/make-certificate.ts";
import { examineBus } from "./examine-bus.ts";

describeWithNats("the doctor on the bus", () => {
  let nats: TestNats | undefined;
  afterEach(async () => {
    await nats?.close();
    nats = undefined;
  });
  const examine = async (environment: Record<string, string>, now?: () => number): Promise<Finding[]> => {
    const findings: Finding[] = [];
    const config = loadRelayConfig({ environment, dotEnv: {} });
    await examineBus(config, (finding) => findings.push(finding), now);
    return findings;
  };
  const found = async (environment: Record<string, string>, now?: () => number) => {
    const [finding] = await examine(environment, now);
    return finding;
  };

  it("says nothing of a relay that is alone", async () => {
    expect(await examine({})).toEqual([]);
  });

  it("says how far it is, and of what size its messages may be", async () => {
    nats = await startNats('authorization { token: "s3cret" }');
    const url = (login: string) => ({ ORA_RELAY_NATS_URL: nats?.url.replace("//", `//${login}@`) ?? "" });
    expect(await found(url("s3cret"))).toMatchObject({
      check: "nats",
      state: "ok",
      said: expect.stringMatching(
        /^the bus is \d+\.\d ms away, without TLS, and takes messages of 1048576 bytes$/,
      ),
    });
    let time = 0;
    const slow = () => {
      time += 60;
      return time;
    };
    expect(await found(url("s3cret"), slow)).toMatchObject({
      state: "note",
      said: expect.stringContaining("60.0 ms"),
    });
    const refused = await found(url("wr0ng"));
    expect(refused).toMatchObject({ state: "wrong", said: "The bus refuses the login." });
    expect(JSON.stringify(refused)).not.toMatch(/wr0ng|s3cret/);
    const several = { ORA_RELAY_NATS_URL: `${url("s3cret").ORA_RELAY_NATS_URL},nats://s3cret@127.0.0.1:1` };
    expect((await examine(several)).map(({ state }) => state)).toEqual(["ok", "wrong"]);
  });

  it("says that a bus without a login is open to whoever reaches it, and that a small message is too small", async () => {
    nats = await startNats();
    expect(await found({ ORA_RELAY_NATS_URL: nats.url })).toMatchObject({
      state: "note",
      said: expect.stringContaining("asks nobody for a login"),
    });
    await nats.close();
    nats = await startNats("max_payload: 65536");
    expect(await found({ ORA_RELAY_NATS_URL: nats.url })).toMatchObject({
      state: "wrong",
      said: "the bus takes messages of 65536 bytes, and relays need 524288",
    });
  });

  it("says what is wrong with TLS and with the files that it is told", async () => {
    nats = await startNats();
    const tls = nats.url.replace("nats:", "tls:");
    expect(await found({ ORA_RELAY_NATS_URL: tls })).toMatchObject({
      state: "wrong",
      said: "The bus does not speak TLS, and was to.",
    });
    const file = join(tmpdir(), "ora-no-such-file.pem");
    expect(await found({ ORA_RELAY_NATS_URL: nats.url, ORA_RELAY_NATS_CA: file })).toMatchObject({
      state: "wrong",
      said: "The file of ORA_RELAY_NATS_CA cannot be read (ENOENT).",
    });
  });

  it("says that a certificate is trusted by the authority that it is told, and else not", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ora-bus-"));
    const made = makeCertificate(folder, "localhost");
    const [cert, key] = [join(folder, "bus.pem"), join(folder, "bus.key")];
    writeFileSync(cert, made.cert);
    writeFileSync(key, made.key);
    nats = await startNats(`tls { cert_file: "${cert}", key_file: "${key}" }`);
    const settings = { ORA_RELAY_NATS_URL: nats.url.replace("nats:", "tls:") };
    expect(await found(settings)).toMatchObject({
      state: "wrong",
      said: "The certificate of the bus is not trusted.",
    });
    expect(await found({ ...settings, ORA_RELAY_NATS_CA: cert })).toMatchObject({
      state: "note",
      said: expect.stringContaining("with TLS"),
    });
    rmSync(folder, { recursive: true, force: true });
  });
});
