/**
 * What the relay's image holds beside Node itself, and how long the relay takes from its start until it listens, beside a
 * bare HTTP server in the same run. The base image cannot be measured without a container engine.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "../../support/program.ts";
import { startRelay } from "../stage.ts";
import { median } from "../statistics.ts";
import { figure } from "../table.ts";

const ROUNDS = 9;
const MIB = 1024 * 1024;
const BARE_SERVER = 'require("http").createServer().listen(0, "127.0.0.1", () => console.log("listening"))';

/** The folder of the built programs: this file is bundled into it. */
const dist = fileURLToPath(new URL(".", import.meta.url));

export interface StartReport {
  readonly programBytes: number;
  readonly pagesBytes: number;
  readonly packagesBytes: number;
  /** From the spawn until it listens; medians. */
  readonly relayMs: number;
  readonly bareMs: number;
  /** The median of the rounds' ratios. */
  readonly ratio: number;
}

export async function benchStart(): Promise<StartReport> {
  const rounds: { relay: number; bare: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ bare: await timeBare(), relay: await timeRelay() });
  }
  return {
    programBytes: (await stat(join(dist, "relay.mjs"))).size,
    pagesBytes: await bytesOf(join(dist, "web")),
    packagesBytes: await packagesBytes(),
    relayMs: median(rounds.map(({ relay }) => relay)),
    bareMs: median(rounds.map(({ bare }) => bare)),
    ratio: median(rounds.map(({ relay, bare }) => relay / bare)),
  };
}

async function timeRelay(): Promise<number> {
  const startedAt = performance.now();
  const { program } = await startRelay();
  const ms = performance.now() - startedAt;
  await program.stop();
  return ms;
}

async function timeBare(): Promise<number> {
  const startedAt = performance.now();
  const program = startProgram(process.execPath, ["-e", BARE_SERVER], { env: {} });
  await program.waitFor(/^listening$/);
  const ms = performance.now() - startedAt;
  await program.stop();
  return ms;
}

/** Of the packages that the image's `npm ci --omit=dev --omit=optional` installs: the lock says which. */
async function packagesBytes(): Promise<number> {
  const checkout = join(dist, "..");
  const lock: Lock = JSON.parse(await readFile(join(checkout, "package-lock.json"), "utf8"));
  let bytes = 0;
  for (const [folder, { dev, optional, devOptional }] of Object.entries(lock.packages)) {
    const isLeftOut = folder === "" || dev === true || optional === true || devOptional === true;
    if (!isLeftOut) bytes += await bytesOf(join(checkout, folder), ["node_modules"]);
  }
  return bytes;
}

interface Lock {
  readonly packages: Readonly<Record<string, Partial<Record<"dev" | "optional" | "devOptional", boolean>>>>;
}

async function bytesOf(folder: string, without: readonly string[] = []): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !without.includes(entry.name)) bytes += await bytesOf(path, without);
    else if (entry.isFile()) bytes += (await stat(path)).size;
  }
  return bytes;
}

export function describeStart(report: StartReport): string {
  const mib = (bytes: number) => figure(bytes / MIB);
  const { programBytes, pagesBytes, packagesBytes } = report;
  const all = programBytes + pagesBytes + packagesBytes;
  return [
    `the image adds ${mib(all)} MiB to its base: program ${mib(programBytes)}, pages ${mib(pagesBytes)}, packages ${mib(packagesBytes)}`,
    `listens ${figure(report.relayMs)} ms after its start; a bare HTTP server ${figure(report.bareMs)} ms; ratio ${figure(report.ratio)}`,
  ].join("\n");
}
