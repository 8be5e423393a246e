/** The memory of each program over time, and how it grows: by the straight line that fits the longest life best. */
import { median } from "../bench/statistics.ts";
import type { Program } from "../support/program.ts";

export interface Sample {
  readonly minutes: number;
  readonly bytes: number;
}

export interface MemoryReport {
  readonly name: string;
  /** Minutes of the longest life; the figures are of that one. */
  readonly lifeMinutes: number;
  readonly lastBytes: number;
  readonly mostBytes: number;
  /** Median in each sixth of the time, over all lives; undefined where it did not live. */
  readonly sixthBytes: readonly (number | undefined)[];
  /** Undefined when it did not live long enough to tell. */
  readonly bytesPerMinute: number | undefined;
}

const SAMPLE_MS = 1_000;
/** What a program loads with its first work is no growth. */
const WARM_UP_MINUTES = 0.5;
const LEAST_SAMPLES = 30;

export interface MemoryWatch {
  stop(): void;
  report(): MemoryReport[];
}

export function watchMemory(
  watched: readonly { readonly name: string; readonly program: Pick<Program, "pid" | "memory"> }[],
): MemoryWatch {
  const lives = new Map<string, Map<number, Sample[]>>();
  const beganAt = performance.now();
  const sample = async () => {
    for (const { name, program } of watched) {
      const { pid } = program;
      const bytes = await program.memory();
      if (bytes === undefined) continue;
      const processes = lives.get(name) ?? new Map<number, Sample[]>();
      lives.set(name, processes);
      const samples = processes.get(pid) ?? [];
      processes.set(pid, samples);
      samples.push({ minutes: (performance.now() - beganAt) / 60_000, bytes });
    }
  };
  const timer = setInterval(() => void sample(), SAMPLE_MS);
  return {
    stop: () => clearInterval(timer),
    report() {
      const minutes = (performance.now() - beganAt) / 60_000;
      return [...lives].map(([name, processes]) => reportOf(name, [...processes.values()], minutes));
    },
  };
}

function reportOf(name: string, lives: readonly (readonly Sample[])[], all: number): MemoryReport {
  const longest = lives.reduce((one, other) => (other.length > one.length ? other : one), []);
  const [first] = longest;
  const last = longest.at(-1);
  const warm = longest.filter(({ minutes }) => minutes - (first?.minutes ?? 0) >= WARM_UP_MINUTES);
  return {
    name,
    lifeMinutes: (last?.minutes ?? 0) - (first?.minutes ?? 0),
    lastBytes: last?.bytes ?? 0,
    mostBytes: Math.max(0, ...lives.flat().map(({ bytes }) => bytes)),
    sixthBytes: sixths(lives.flat(), all),
    bytesPerMinute: warm.length < LEAST_SAMPLES ? undefined : slope(warm),
  };
}

function sixths(samples: readonly Sample[], all: number): (number | undefined)[] {
  return Array.from({ length: 6 }, (_, sixth) => {
    const inIt = samples.filter(({ minutes }) => Math.floor((6 * minutes) / all) === sixth);
    return inIt.length === 0 ? undefined : median(inIt.map(({ bytes }) => bytes));
  });
}

/** Least squares. */
export function slope(samples: readonly Sample[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanMinutes = mean(samples.map(({ minutes }) => minutes));
  const meanBytes = mean(samples.map(({ bytes }) => bytes));
  let both = 0;
  let alone = 0;
  for (const { minutes, bytes } of samples) {
    both += (minutes - meanMinutes) * (bytes - meanBytes);
    alone += (minutes - meanMinutes) ** 2;
  }
  return both / alone;
}
