/**
 * `npm run soak -- --minutes N [--seed S]`: a whole installation at work while everything in it is killed, frozen, delayed
 * and cut, every body checked by its hash. Exit codes: 0 clean, 1 something was wrong, stuck or lost, 2 usage.
 */
import { randomInt } from "node:crypto";
import { argv, exit } from "node:process";
import { parseArgs } from "node:util";
import { isClean, reportText } from "./report.ts";
import { soak } from "./soak.ts";

const USAGE = "usage: npm run soak -- --minutes N [--seed S]";

function readOptions(): { minutes: number; seed: number } | undefined {
  try {
    const { values } = parseArgs({
      args: argv.slice(2),
      options: { minutes: { type: "string", default: "2" }, seed: { type: "string" } },
    });
    const minutes = Number(values.minutes);
    const seed = values.seed === undefined ? randomInt(1, 1_000_000) : Number(values.seed);
    return minutes > 0 && Number.isSafeInteger(seed) ? { minutes, seed } : undefined;
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
console.log(`seed ${options.seed}: the same faults in the same order with --seed ${options.seed}`);
try {
  const report = await soak({ ...options, atTheEnd: (end) => endings.push(end), say: console.log });
  console.log(`\n${reportText(report)}`);
  process.exitCode = isClean(report) ? 0 : 1;
} finally {
  await endAll();
}
