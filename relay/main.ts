/**
 * The relay as a program: reads its configuration, shows it, runs until it is told to stop. Exit codes: 0 after a
 * clean end, 1 when it cannot listen, 64 for arguments, 78 for a bad configuration, 130 at a second signal.
 */
import { argv, cwd, env, exit } from "node:process";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import { readArguments } from "#shared/config/arguments.ts";
import { envFileLine } from "#shared/config/env-file.ts";
import { EXIT } from "#shared/config/exit-code.ts";
import { ConfigError, describeSettings } from "#shared/config/settings.ts";
import type { WrittenSettings } from "#shared/config/settings-source.ts";
import { markSmallHeapAtOnce } from "#shared/heap-marking.ts";
import { effectiveApps } from "./app-origins.ts";
import { systemClock } from "./clock.ts";
import { ClusterError } from "./cluster/cluster-error.ts";
import { loadRelayConfig, RELAY_SETTINGS, type RelayConfig } from "./config.ts";
import { runDoctorCommand } from "./doctor/doctor-command.ts";
import { readDotEnv } from "./dot-env.ts";
import { clusterMaker } from "./elsewhere/cluster-maker.ts";
import { EnrolmentError } from "./enrolment/enrolment-error.ts";
import { runKeysCommand } from "./enrolment/keys-command.ts";
import { RELAY_HELP } from "./help.ts";
import { hostInUrl, ListenError } from "./listening.ts";
import { createLog } from "./log.ts";
import { createRelay, type Relay } from "./server.ts";
import { CertificateError } from "./tls/certificate-files.ts";
import { servedHost } from "./v2/served-host.ts";
import { loadWebFiles, type WebFiles, WebFilesError } from "./web-files.ts";

const readWritten = (): WrittenSettings => ({
  environment: env,
  dotEnv: readDotEnv(cwd()),
  directory: cwd(),
});

const load = ({ environment, dotEnv = {} }: WrittenSettings): RelayConfig =>
  loadRelayConfig({ environment, dotEnv });

function loadOrExit(remark: (line: string) => void): RelayConfig {
  try {
    const written = readWritten();
    if (written.dotEnv !== undefined) remark(envFileLine(written.directory));
    return load(written);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`relay: ${error.message}`);
    return exit(EXIT.CONFIG);
  }
}

/** Beside this program's bundle, where the build puts them. */
const WEB_FOLDER = fileURLToPath(new URL("web/", import.meta.url));

function loadWebOrExit(): Promise<WebFiles> {
  return orExit(EXIT.FAILED, WebFilesError, () => loadWebFiles(WEB_FOLDER));
}

/** What `run` gives; after an error of this kind the program says it and ends. */
async function orExit<Value>(
  exitCode: number,
  kind: new (...values: never[]) => Error,
  run: () => Promise<Value>,
): Promise<Value> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    console.error(`relay: ${error.message}`);
    return exit(exitCode);
  }
}

async function listenOrExit(relay: Relay): ReturnType<Relay["listen"]> {
  try {
    return await relay.listen();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isSetting =
      error instanceof EnrolmentError || error instanceof CertificateError || error instanceof ClusterError;
    if (!isSetting && !(error instanceof ListenError)) throw error;
    console.error(`relay: ${error.message}`);
    return exit(isSetting ? EXIT.CONFIG : EXIT.FAILED);
  }
}

if (argv[2] === "keys") {
  const args = argv.slice(3);
  const { enrollKeysFile } = loadOrExit(console.error);
  const now = systemClock.unixSeconds();
  exit(await runKeysCommand({ args, file: enrollKeysFile, now, print: console.log, remark: console.error }));
}
if (argv[2] === "doctor") {
  const [print, remark] = [console.log, console.error];
  exit(await runDoctorCommand({ args: argv.slice(3), written: readWritten, load, print, remark }));
}
const asked = readArguments(argv.slice(2), "ora-relay", RELAY_HELP);
if (asked.kind === "answer") {
  (asked.isError ? console.error : console.log)(asked.text);
  exit(asked.exitCode);
}
const config = loadOrExit(console.log);
for (const line of describeSettings(RELAY_SETTINGS, { ...config, apps: effectiveApps(config) }))
  console.log(line);
markSmallHeapAtOnce({ v8 });
const log = createLog(config.logLevel);
const cluster = await orExit(EXIT.CONFIG, ClusterError, () => clusterMaker(config));
const relay = createRelay({ config, log, clock: systemClock, cluster, web: await loadWebOrExit() });

/** npm passes Ctrl-C on to a program that has got it from the terminal already: that is one signal, not two. */
const SAME_SIGNAL_MS = 1_000;

let stoppingSince: number | undefined;
const stop = (signal: NodeJS.Signals) => {
  if (stoppingSince !== undefined) {
    if (Date.now() - stoppingSince > SAME_SIGNAL_MS) exit(EXIT.INTERRUPTED);
    return;
  }
  stoppingSince = Date.now();
  log.info({ signal }, "stopping");
  void relay.close().then(() => exit(EXIT.OK));
};
// Before it says that it listens: whoever reads that may tell it to stop.
process.on("SIGTERM", stop);
// The end of the terminal it was started from: its sockets are told there, too, that they shall come back.
process.on("SIGHUP", stop);
process.on("SIGINT", stop);

const { port, adminPort } = await listenOrExit(relay);
const scheme = config.tlsCert === undefined ? "http" : "https";
console.log(`relay listening on ${scheme}://${hostInUrl(config.host)}:${port}`);
if (adminPort !== undefined) {
  console.log(`metrics on http://${hostInUrl(config.adminHost)}:${adminPort}/metrics`);
}

if (servedHost(config) === undefined) {
  console.log(
    "encrypted sessions (protocol 2) are off: set ORA_RELAY_PUBLIC_URL to this relay's own address",
  );
}
