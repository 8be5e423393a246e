/**
 * The run: callers work without pause, faults come one after the other, and at the end everybody must be whole again.
 * What was found is in the report; nothing is judged here but by hashes and order.
 */
import { pairDevice } from "../support/device.ts";
import type { AtTheEnd } from "../support/endings.ts";
import type { Caller } from "./callers/caller.ts";
import { connectCaller } from "./callers/connect-caller.ts";
import { sessionCaller } from "./callers/session-caller.ts";
import { v1Caller } from "./callers/v1-caller.ts";
import { describeFault, nameOfFault, planFaults } from "./fault-plan.ts";
import { entertain } from "./guests.ts";
import { inflict } from "./inflict.ts";
import { anotherLink, type Installation, startInstallation } from "./installation.ts";
import { cancelled, download, small, upload } from "./jobs/bodies.ts";
import { events } from "./jobs/events.ts";
import { carryOut, type Job, type JobContext } from "./jobs/job.ts";
import { talk } from "./jobs/talk.ts";
import { watchMemory } from "./memory-watch.ts";
import { waitForAll } from "./recovery.ts";
import type { SoakReport } from "./report.ts";
import { type Seeded, seeded } from "./seeded.ts";
import { startSoakApi } from "./soak-api.ts";
import { Tally } from "./tally.ts";

/** Faults that are only noticed within minutes come in runs from this length on. */
const SLOW_FROM_MINUTES = 5;
const PHONES = 3;
/** At the same time, for each caller. */
const WORKERS = 3;
const LONGEST_BREATH_MS = 400;
const GUEST_EVERY_MS = 8_000;
const TELL_MS = 10_000;

const JOBS: Readonly<Record<string, Job>> = { small, download, upload, cancelled, events, talk };
const STREAMED = [
  "small",
  "small",
  "small",
  "download",
  "download",
  "upload",
  "upload",
  "cancelled",
  "talk",
] as const;
const WHOLE = ["small", "small", "download", "upload"] as const;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function soak(options: {
  minutes: number;
  seed: number;
  relays: number;
  atTheEnd: AtTheEnd;
  say: (line: string) => void;
}): Promise<SoakReport> {
  const { minutes, seed, relays, atTheEnd, say } = options;
  const tally = new Tally(say);
  const api = await startSoakApi(atTheEnd, (what) => tally.finding(`wrong at the API: ${what}`));
  const installation = await startInstallation(atTheEnd, { api: api.origin, relays });
  const callers = await startCallers(installation, atTheEnd);
  const stop = new AbortController();
  let keys = 0;
  const context = (random: Seeded) => (): Omit<JobContext, "progress" | "caller"> => {
    keys += 1;
    return { random, api, key: `k${keys}`, stop: stop.signal };
  };
  const probe = context(seeded(seed));
  const first = await waitForAll(callers, probe, say);
  if (first.missing.length > 0) throw new Error(`could not begin: ${first.missing.join(", ")}`);

  const self = {
    name: "this driver",
    program: { pid: process.pid, memory: async () => process.memoryUsage.rss() },
  };
  const memory = watchMemory([...installation.programs, self]);
  atTheEnd(() => memory.stop());
  const beganAt = performance.now();
  const work = startWork({ callers, tally, seed, context, stop: stop.signal, say });
  const guests = startGuests({ installation, tally, context: context(seeded(seed + 1)), stop: stop.signal });

  const faults = new Map<string, number[]>();
  const lost = new Set<string>();
  const endsAt = beganAt + minutes * 60_000;
  for (const { pauseMs, faults: together } of planFaults(
    seed,
    minutes < SLOW_FROM_MINUTES ? "quick" : "slow",
    relays,
  )) {
    await pause(pauseMs);
    if (performance.now() >= endsAt) break;
    say(`${clockOf(beganAt)} ${together.map(describeFault).join("; ")}`);
    await Promise.all(together.map((fault) => inflict(fault, installation)));
    const { ms, missing } = await waitForAll(callers, probe, say);
    for (const name of together.map(nameOfFault)) faults.set(name, [...(faults.get(name) ?? []), ms]);
    for (const name of missing) tally.finding(`lost: ${name} did not come back`);
    for (const name of missing) lost.add(name);
    if (lost.size > 0) break;
  }
  say(`${clockOf(beganAt)} no more faults`);
  stop.abort();
  await work;
  say(`${clockOf(beganAt)} all work is over`);
  await guests;
  say(`${clockOf(beganAt)} all guests are gone`);
  const last = await waitForAll(callers, context(seeded(seed)), say);
  for (const name of last.missing) tally.finding(`lost: ${name} was not there at the end`);
  memory.stop();
  return {
    seed,
    relays,
    minutes: (performance.now() - beganAt) / 60_000,
    tally,
    recoveries: faults,
    memory: memory.report(),
  };
}

async function startCallers(installation: Installation, atTheEnd: AtTheEnd): Promise<Caller[]> {
  const { deviceLine, connects } = installation;
  const callers: Caller[] = [];
  for (let i = 1; i <= PHONES; i += 1) {
    const text = installation.newestLink() ?? "";
    const device = await pairDevice({ text, relay: deviceLine.origin, name: `phone ${i}` });
    const session = device.connect();
    atTheEnd(() => session.close());
    callers.push(sessionCaller(`phone ${i}`, session));
    await anotherLink(text, installation.newestLink);
  }
  for (const { name, origin } of connects) callers.push(connectCaller(name, origin));
  const script = v1Caller({
    name: "script of protocol 1",
    relay: deviceLine.origin,
    code: installation.newestPlaintextCode,
  });
  atTheEnd(() => script.close());
  return [...callers, script];
}

/** Settles when all work has come to its end after `stop`. */
async function startWork(options: {
  callers: readonly Caller[];
  tally: Tally;
  seed: number;
  context: (random: Seeded) => () => Omit<JobContext, "progress" | "caller">;
  stop: AbortSignal;
  say: (line: string) => void;
}): Promise<void> {
  const { callers, tally, seed, context, stop, say } = options;
  const isStopped = () => stop.aborted;
  const underWay = new Set<string>();
  const tell = setInterval(() => {
    if (isStopped()) say(`still under way: ${[...underWay].join(", ")}`);
  }, TELL_MS);
  const workers = callers.flatMap((caller, index) => {
    const kinds = caller.streams ? STREAMED : WHOLE;
    const run = async (worker: number, only?: string) => {
      const random = seeded(seed + 1_000 * (index + 1) + worker);
      const next = context(random);
      while (!isStopped()) {
        const name = only ?? random.oneOf(kinds);
        const job = JOBS[name];
        if (job === undefined) throw new Error(`no job ${name}`);
        tally.began(name);
        const about = next();
        const words = `${name} ${about.key} of ${caller.name}`;
        underWay.add(words);
        tally.ended(name, await carryOut(job, { ...about, caller }));
        underWay.delete(words);
        await pause(random.between(0, LONGEST_BREATH_MS));
      }
    };
    const mixed = Array.from({ length: WORKERS }, (_, worker) => run(worker));
    return caller.streams ? [...mixed, run(WORKERS, "events")] : mixed;
  });
  await Promise.all(workers);
  clearInterval(tell);
}

async function startGuests(options: {
  installation: Installation;
  tally: Tally;
  context: () => Omit<JobContext, "progress" | "caller">;
  stop: AbortSignal;
}): Promise<void> {
  const { stop, ...rest } = options;
  const isStopped = () => stop.aborted;
  for (let i = 1; !isStopped(); i += 1) {
    await entertain({ ...rest, name: `guest ${i}` });
    for (let waited = 0; waited < GUEST_EVERY_MS && !isStopped(); waited += 200) await pause(200);
  }
}

function clockOf(beganAt: number): string {
  const seconds = Math.round((performance.now() - beganAt) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
