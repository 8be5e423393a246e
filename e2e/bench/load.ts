/** A closed loop: a fixed number of requests in flight, each followed by the next, for a fixed time. */
import { quantile } from "./statistics.ts";

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Carries out one request, checks its answer, and tells how many body bytes came. Rejects on a wrong answer. */
export type OneRequest = () => Promise<number>;

/** Runs `one` with `inFlight` at a time for `durationMs`, after a fifth of that as warm-up. */
export async function runLoad(one: OneRequest, inFlight: number, durationMs: number): Promise<LoadResult> {
  await loop(one, inFlight, durationMs / 5);
  const { latencies, bytes, seconds } = await loop(one, inFlight, durationMs);
  return {
    requestsPerSecond: latencies.length / seconds,
    megabytesPerSecond: bytes / 1e6 / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

async function loop(one: OneRequest, inFlight: number, durationMs: number) {
  const latencies: number[] = [];
  let bytes = 0;
  const start = performance.now();
  const until = start + durationMs;
  const worker = async () => {
    while (performance.now() < until) {
      const from = performance.now();
      const received = await one();
      bytes += received;
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { latencies, bytes, seconds: (performance.now() - start) / 1000 };
}
