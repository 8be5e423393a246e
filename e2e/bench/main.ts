/**
 * `npm run bench [-- --only v1,idle] [--json FILE] [--quick]`: the figures of the README and of the closing
 * notes, ours and the reference side by side in the same run. Prints tables; `--json` also writes a file.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { runApiServer } from "./api-server.ts";
import { runCrowd } from "./crowd.ts";
import { runDelayProxy } from "./delay-proxy.ts";
import { benchCluster, describeCluster } from "./suites/cluster.ts";
import { benchCrowd, describeCrowd } from "./suites/crowd.ts";
import { benchIdle, describeIdle } from "./suites/idle.ts";
import { benchPhone, describePhone } from "./suites/phone.ts";
import { benchRevoke, describeRevoke } from "./suites/revoke.ts";
import { benchSlowClient, describeSlowClient } from "./suites/slow-client.ts";
import { benchStart, describeStart } from "./suites/start.ts";
import { benchTunnel, describeTunnel } from "./suites/tunnel.ts";
import { benchV1, describeV1 } from "./suites/v1.ts";

interface Suite {
  run(options: { rounds: number; roundMs: number }): Promise<{ report: unknown; text: string }>;
}

const suites: Record<string, Suite> = {
  v1: {
    async run(options) {
      const report = await benchV1(options);
      return { report, text: describeV1(report) };
    },
  },
  tunnel: {
    async run(options) {
      const report = await benchTunnel(options);
      return { report, text: describeTunnel(report) };
    },
  },
  revoke: {
    async run(options) {
      const report = await benchRevoke(options);
      return { report, text: describeRevoke(report) };
    },
  },
  phone: {
    async run(options) {
      const report = await benchPhone(options);
      return { report, text: describePhone(report) };
    },
  },
  idle: {
    async run() {
      const report = await benchIdle();
      return { report, text: describeIdle(report) };
    },
  },
  start: {
    async run() {
      const report = await benchStart();
      return { report, text: describeStart(report) };
    },
  },
  crowd: {
    async run() {
      const report = await benchCrowd();
      return { report, text: describeCrowd(report) };
    },
  },
  cluster: {
    async run(options) {
      const report = await benchCluster(options);
      return { report, text: describeCluster(report) };
    },
  },
  "slow-client": {
    async run(options) {
      const report = await benchSlowClient(options);
      return { report, text: describeSlowClient(report) };
    },
  },
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      json: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const chosen = values.only?.split(",") ?? Object.keys(suites);
  const options = values.quick ? { rounds: 1, roundMs: 300 } : { rounds: 5, roundMs: 1500 };
  const reports: Record<string, unknown> = { node: process.version, ...options };
  for (const name of chosen) {
    const suite = suites[name];
    if (!suite) throw new Error(`no suite ${name}; there are ${Object.keys(suites).join(", ")}`);
    const { report, text } = await suite.run(options);
    reports[name] = report;
    console.log(`\n${name}\n${text}`);
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(reports, null, 2)}\n`);
}

// The programs that a benchmark runs beside ours are this one again, in another role.
const [role, ...args] = process.argv.slice(2);
if (role === "api") runApiServer();
else if (role === "crowd") await runCrowd(Number(args[0]), Number(args[1]));
else if (role === "delay") runDelayProxy(Number(args[0]), Number(args[1]));
else await main();
