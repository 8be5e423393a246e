import { X509Certificate } from "node:crypto";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type MadeCertificate, makeCertificate } from "../testing/make-certificate.ts";
import { RelayHarness } from "../testing/relay-harness.ts";
import { CERTIFICATE_CHECK_MS } from "./certificate-files.ts";

let directory: string;
let first: MadeCertificate;
let second: MadeCertificate;
let cert: string;
let key: string;
let relay: RelayHarness | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "relay-tls-"));
  first = makeCertificate(directory, "first.example");
  second = makeCertificate(directory, "second.example");
  return () => rm(directory, { recursive: true });
});
beforeEach(async () => {
  [cert, key] = [join(directory, "relay.crt"), join(directory, "relay.key")];
  await write(first);
});
afterEach(async () => {
  await relay?.stop();
  relay = undefined;
});

async function write(pair: Partial<MadeCertificate>): Promise<void> {
  for (const [path, text] of [[cert, pair.cert] as const, [key, pair.key] as const]) {
    if (text === undefined) continue;
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }
}

async function start(): Promise<RelayHarness> {
  relay = await RelayHarness.start({
    ORA_RELAY_TLS_CERT: cert,
    ORA_RELAY_TLS_KEY: key,
    ORA_RELAY_PUBLIC_URL: "https://first.example",
  });
  return relay;
}

/** The name in the certificate that is served now. */
async function servedName(port: number): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
  });
  const { subject } = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  return subject;
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) {
    relay?.clock.advance(CERTIFICATE_CHECK_MS);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("a relay with a certificate", () => {
  it("serves requests and WebSockets over TLS", async () => {
    const { port } = await start();
    const over = connect({ host: "127.0.0.1", port, ca: first.cert, servername: "first.example" });
    over.write("GET /health HTTP/1.1\r\nHost: first.example\r\nConnection: close\r\n\r\n");
    let answer = "";
    for await (const chunk of over) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*"ok":true/);
    const wss = new WebSocket(`wss://127.0.0.1:${port}/ws/client`, ["ora.v2"], {
      ca: first.cert,
    });
    const welcome = await new Promise((resolve, reject) => {
      wss.once("message", (data) => resolve(JSON.parse(String(data))));
      wss.once("error", reject);
    });
    wss.terminate();
    expect(welcome).toMatchObject({ type: "welcome", public_url: "https://first.example" });
  });

  it("answers an offer of another protocol as it does without TLS", async () => {
    const { port } = await start();
    const over = connect({ host: "127.0.0.1", port, ca: first.cert, servername: "first.example" });
    const head = "GET /health HTTP/1.1\r\nHost: first.example\r\nUpgrade: h2c\r\n";
    over.write(`${head}Connection: Upgrade, close\r\n\r\n`);
    let answer = "";
    for await (const chunk of over) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it("serves the new one when the files change, one after the other, and no half of it", async () => {
    const { port } = await start();
    expect(await servedName(port)).toBe("CN=first.example");
    await write({ cert: second.cert });
    const problem = () => relay?.logged.find((line) => line.includes("certificate not renewed"));
    await until(() => problem() !== undefined);
    expect(JSON.parse(problem() ?? "")).toMatchObject({ problem: "key_of_another" });
    expect(await servedName(port)).toBe("CN=first.example");
    await write({ key: second.key });
    await until(async () => (await servedName(port)) === "CN=second.example");
  });

  it("keeps its own when the files go bad or away, and says so once", async () => {
    const { port } = await start();
    const problems = () => (relay?.logged ?? []).filter((line) => line.includes("certificate not renewed"));
    await write({ cert: "x" });
    await until(() => problems().length === 1);
    await rm(key);
    await until(() => problems().length === 2);
    for (let i = 0; i < 3; i += 1) await until(async () => (await servedName(port)) === "CN=first.example");
    expect(problems().map((line) => JSON.parse(line).problem)).toEqual([
      "certificate_bad",
      "certificate_unreadable",
    ]);
    expect(relay?.logged.join("")).not.toContain("PRIVATE");
  });

  it.each([
    ["certificate_unreadable", async () => rm(cert)],
    ["key_unreadable", async () => rm(key)],
    ["certificate_bad", async () => write({ cert: "" })],
    ["key_bad", async () => write({ key: first.cert })],
    ["key_of_another", async () => write({ key: second.key })],
  ])("does not start with %s, and its message quotes nothing", async (code, spoil) => {
    await spoil();
    const error = await start().catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain(directory);
    expect(String(error)).not.toContain("BEGIN");
  });

  it("survives plain HTTP on its port", async () => {
    const { port } = await start();
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    expect(await servedName(port)).toBe("CN=first.example");
  });
});
