/**
 * `npm run soak -- --minutes N [--seed S] [--relays R]`: a whole installation at work while everything in it is killed, frozen, delayed
 * and cut, every body checked by its hash. Exit codes: 0 clean, 1 something was wrong, stuck or lost, 2 usage.
 */
import { randomInt } from "node:crypto";
import { argv, exit } from "node:process";
import { parseArgs } from "node:util";
import { isClean, reportText } from "./report.ts";
import { soak } from "./soak.ts";

const USAGE = "usage: npm run soak -- --minutes N [--seed S] [--relays R]";

/** From this length on there are several relays, with a bus and a balancer, unless said otherwise. */
const SEVERAL_FROM_MINUTES = 10;
const SEVERAL = 3;
const MAX_RELAYS = 9;

function readOptions(): { minutes: number; seed: number; relays: number } | undefined {
  try {
    const { values } = parseArgs({
      args: argv.slice(2),
      options: {
        minutes: { type: "string", default: "2" },
        seed: { type: "string" },
        relays: { type: "string" },
      },
    });
    const minutes = Number(values.minutes);
    const seed = values.seed === undefined ? randomInt(1, 1_000_000) : Number(values.seed);
    const relays = Number(values.relays ?? (minutes < SEVERAL_FROM_MINUTES ? 1 : SEVERAL));
    const isRight = minutes > 0 && Number.isSafeInteger(seed) && Number.isInteger(relays);
    return isRight && relays >= 1 && relays <= MAX_RELAYS ? { minutes, seed, relays } : undefined;
  } catch {
    // An option that there is not.
    return undefined;
  }
}

const options = readOptions();
if (options === undefined) {
  console.error(USAGE);
  exit(2);
}
const endings: (() => unknown)[] = [];
const endAll = async () => {
  for (const end of endings.splice(0).reverse()) await end();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => void endAll().then(() => exit(1)));
const { seed, relays } = options;
console.log(`seed ${seed}: the same faults in the same order with --seed ${seed} --relays ${relays}`);
try {
  const report = await soak({ ...options, atTheEnd: (end) => endings.push(end), say: console.log });
  console.log(`\n${reportText(report)}`);
  process.exitCode = isClean(report) ? 0 : 1;
} finally {
  await endAll();
}
