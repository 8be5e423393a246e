/**
 * The units for systemd and the runbook around them, as far as they go without a systemd that runs: the units are judged
 * by systemd's own tools, and what they start is started by hand, in an environment that holds nothing but what the unit
 * and the runbook's files give it.
 */
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import { checkout } from "../support/checkout.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { makePrivateCa } from "../support/private-ca.ts";
import { type Program, startProgram } from "../support/program.ts";
import { type InstalledPackage, installPackage } from "./installed-package.ts";

const DEPLOY = join(checkout, "relay", "deploy");
const EXIT_BAD_CONFIG = 78;

const unitText = (name: string) => readFile(join(DEPLOY, "systemd", `${name}.service`), "utf8");

/** The values of a unit's directive, in order. */
const valuesOf = (unit: string, directive: string) =>
  [...unit.matchAll(new RegExp(`^${directive}=(.*)$`, "gm"))].map(([, value = ""]) => value);

/** A block of the runbook that begins with this line. */
async function runbookBlock(firstLine: string): Promise<string> {
  const text = await readFile(join(DEPLOY, "README.md"), "utf8");
  const blocks = [...text.matchAll(/```(?:sh)?\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
  const block = blocks.find((candidate) => candidate.startsWith(firstLine));
  if (block === undefined) throw new Error(`no block of the runbook begins with ${firstLine}`);
  return block;
}

const settingsOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/^(ORA_\w+)=(\S*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );

describeWith({ "systemd-analyze": "systemd" }, "systemd", () => {
  const atTheEnd = endingsOfAllTests();

  async function judge(unit: string, ...args: string[]): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "ora-unit-"));
    atTheEnd(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "ora-relay.service");
    await writeFile(file, unit);
    const env = { ...process.env, XDG_RUNTIME_DIR: folder, HOME: folder };
    // It says what it finds on standard error, also where it ends with 0.
    const said = execFileSync("sh", ["-c", '"$@" 2>&1', "sh", "systemd-analyze", ...args, file], {
      env,
      encoding: "utf8",
    });
    if (args.includes("verify")) expect(said).toBe("");
  }

  it("understands every line of both units", async () => {
    await judge(await unitText("ora-relay"), "verify");
    await judge(await unitText("ora-node"), "--user", "verify");
  });

  it("calls the relay's unit little exposed, with TLS of its own as well", async () => {
    const unit = await unitText("ora-relay");
    const security = ["security", "--offline=true"];
    // Of a hundred; above this it ends with an error.
    await judge(unit, ...security, "--threshold=20");
    const extra = (await runbookBlock("[Service]\n")).replace("[Service]\n", "");
    const merged = unit.replace("\n[Install]", `${extra}\n[Install]`);
    await judge(merged, "verify");
    await judge(merged, ...security, "--threshold=30");
  });
});

describe.skipIf(process.platform !== "linux")("what the units start", () => {
  const atTheEnd = endingsOfAllTests();
  let installed: InstalledPackage;
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "ora-systemd-"));
    atTheEnd(() => rm(root, { recursive: true, force: true }));
    await chmod(root, 0o755);
    installed = await installPackage(root);
  }, 180_000);

  /** The unit's command in an environment of its own, which holds only these settings and a path. */
  async function start(name: string, settings: Record<string, string>): Promise<Program> {
    const unit = await unitText(name);
    const [command = ""] = valuesOf(unit, "ExecStart");
    const [program = "", ...args] = command.split(" ");
    const home = join(root, `home-${name}`);
    await mkdir(home, { recursive: true });
    const own = valuesOf(unit, "Environment");
    const given = Object.entries(settings).map(([variable, value]) => `${variable}=${value}`);
    const path = `PATH=${installed.bin}:${dirname(process.execPath)}:/usr/bin:/bin`;
    const clean = ["-i", path, `HOME=${home}`, ...own, ...given, program, ...args];
    const started = startProgram("/usr/bin/env", clean, { cwd: home });
    atTheEnd(() => started.stop());
    return started;
  }

  it("is a relay that ends cleanly, and one that systemd does not start again when a setting is wrong", async () => {
    const [, line = ""] =
      /^echo (\S+) > \/etc\/ora-relay\/relay\.env$/m.exec(await runbookBlock("npm install")) ?? [];
    const settings = settingsOf(line);
    expect(settings).toEqual({ ORA_RELAY_PUBLIC_URL: "https://relay.example" });
    const relay = await start("ora-relay", { ...settings, ORA_RELAY_PORT: "0" });
    await relay.waitFor(/^relay listening on http:\/\/127\.0\.0\.1:/);
    expect(await relay.stop()).toBe(0);

    const wrong = await start("ora-relay", { ...settings, ORA_RELAY_PROT: "1" });
    expect(await wrong.exited).toBe(EXIT_BAD_CONFIG);
    const [kept = ""] = valuesOf(await unitText("ora-relay"), "RestartPreventExitStatus");
    expect(kept.split(" ")).toContain(String(EXIT_BAD_CONFIG));
  });

  it("is a relay with TLS of its own, by the settings of the runbook", async () => {
    const ca = makePrivateCa(root);
    const { cert, key } = ca.issue("own-tls", ["relay.example"]);
    const port = await freePort();
    const settings = settingsOf(await runbookBlock("ORA_RELAY_HOST=0.0.0.0"));
    expect(Object.keys(settings)).toEqual([
      "ORA_RELAY_HOST",
      "ORA_RELAY_PORT",
      "ORA_RELAY_TLS_CERT",
      "ORA_RELAY_TLS_KEY",
    ]);
    const relay = await start("ora-relay", {
      ...settings,
      ORA_RELAY_PUBLIC_URL: "https://relay.example",
      ORA_RELAY_PORT: String(port),
      ORA_RELAY_TLS_CERT: cert,
      ORA_RELAY_TLS_KEY: key,
    });
    await relay.waitFor(/^relay listening on https:/);
    const authority = await readFile(ca.cert, "utf8");
    const status = await new Promise((resolve, reject) => {
      request(
        { host: "127.0.0.1", port, servername: "relay.example", path: "/health", ca: authority },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
        .on("error", reject)
        .end();
    });
    expect(status).toBe(200);
    expect(await relay.stop()).toBe(0);
  });

  it("is a node that keeps its secrets in files, with the settings of the runbook", async () => {
    const block = await runbookBlock("sudo npm install");
    const [, written = ""] = /^printf '%s\\n' (.*) >/m.exec(block) ?? [];
    const settings = settingsOf(written.split(" ").join("\n"));
    expect(Object.keys(settings)).toEqual(["ORA_RELAY_URL", "ORA_NODE_API_BASE_URL"]);
    const relay = await start("ora-relay", { ORA_RELAY_PORT: "0" });
    const [, origin = ""] = await relay.waitFor(/^relay listening on (http:\S+)/);
    const node = await start("ora-node", { ...settings, ORA_RELAY_URL: origin.replace("http", "ws") });
    await node.waitFor(/#P2\./);
    const home = join(root, "home-ora-node");
    const env = { PATH: `${installed.bin}:${process.env.PATH}`, HOME: home, ORA_NODE_SECRETS: "file" };
    expect(block).toContain("\nORA_NODE_SECRETS=file ora-node pair\n");
    const shown = execFileSync("ora-node", ["pair"], { env, cwd: home, encoding: "utf8" });
    expect(shown).toMatch(/pairing_link=\S+#P2\./);
    expect(await node.stop()).toBe(0);
  });
});
