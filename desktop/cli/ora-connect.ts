/** `ora-connect`: reaches the API on a paired PC from this machine. This file only joins the program to the system. */
import { homedir } from "node:os";
import { createInterface } from "node:readline";
import v8 from "node:v8";
import type { Environment } from "#shared/config/settings.ts";
import { markSmallHeapAtOnce } from "#shared/heap-marking.ts";
import { loadConnectConfig } from "../connect/config.ts";
import { openPairingStore } from "../connect/open-store.ts";
import { runConnect } from "../connect/run.ts";
import { wsSockets } from "../connect/ws-sockets.ts";
import { proxyRoute, relayProxy } from "../core/connector/relay-proxy.ts";
import { withEnvFile } from "../core/env-file.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    stop.abort();
    // The second one does what it always does.
  });
}

markSmallHeapAtOnce({ v8 });

let env: Environment = process.env;

async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line.trim();
  }
  return "";
}

process.exitCode = await runConnect({
  args: process.argv.slice(2),
  config: () => {
    env = withEnvFile(process.env, process.cwd());
    return loadConnectConfig(env, { platform: process.platform, home: homedir() });
  },
  openStore: openPairingStore,
  sockets: wsSockets({
    route: (relay) => {
      const proxy = relayProxy(relay, env);
      return proxy && proxyRoute(proxy);
    },
  }),
  readLine,
  say: (line) => console.log(line),
  complain: (line) => console.error(`ora-connect: ${line}`),
  stop: stop.signal,
});
