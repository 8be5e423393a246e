/**
 * What is broken, and in which order: decided by the seed alone, never by how quickly things recover, so that a run that
 * found something can be had again. One step is one fault, or two that overlap; then everybody may recover.
 */
import { type Seeded, seeded } from "./seeded.ts";

export type Fault =
  | {
      readonly kind: "kill" | "restart";
      readonly target: "relay" | "node" | "connect";
      readonly downMs: number;
    }
  | { readonly kind: "freeze"; readonly target: "relay" | "node" | "connect"; readonly ms: number }
  | { readonly kind: "cut" | "silence"; readonly target: "node line" | "device line" }
  | { readonly kind: "cut after"; readonly target: "node line" | "device line"; readonly bytes: number }
  | {
      readonly kind: "delay";
      readonly target: "node line" | "device line";
      readonly delayMs: number;
      readonly ms: number;
    };

export interface Step {
  /** Quiet before it. */
  readonly pauseMs: number;
  readonly faults: readonly Fault[];
}

/** `slow` is for long runs: also faults that nobody can notice within a minute, such as a line that dies in silence. */
export function* planFaults(seed: number, pace: "quick" | "slow"): Generator<Step, never> {
  const random = seeded(seed);
  for (;;) {
    const pauseMs = random.between(300, 4_000);
    const first = anyFault(random, pace);
    const second = anyFault(random, pace);
    const both = random.percent(25) && second.target !== first.target;
    yield { pauseMs, faults: both ? [first, second] : [first] };
  }
}

function anyFault(random: Seeded, pace: "quick" | "slow"): Fault {
  const program = random.oneOf(["relay", "relay", "node", "node", "connect"] as const);
  const line = random.oneOf(["node line", "device line"] as const);
  const kind = random.oneOf(["kill", "restart", "freeze", "cut", "cut after", "delay", "silence"] as const);
  const length = random.between(0, 1_000_000);
  switch (kind) {
    case "kill":
    case "restart":
      return { kind, target: program, downMs: length % 3_000 };
    case "freeze":
      return { kind, target: program, ms: 200 + (length % (pace === "quick" ? 4_000 : 15_000)) };
    case "cut after":
      return { kind, target: line, bytes: 1 + (length % 300_000) };
    case "delay":
      return { kind, target: line, delayMs: 10 + (length % 300), ms: 1_000 + (length % 5_000) };
    case "silence":
      // What nobody has a reason to doubt is found dead by its heartbeat alone.
      return pace === "quick" ? { kind: "cut", target: line } : { kind, target: line };
    case "cut":
      return { kind, target: line };
  }
}

export function describeFault(fault: Fault): string {
  const name = nameOfFault(fault);
  switch (fault.kind) {
    case "kill":
    case "restart":
      return `${name}, down ${fault.downMs} ms`;
    case "freeze":
      return `${name} for ${fault.ms} ms`;
    case "cut after":
      return `${name} ${fault.bytes} bytes`;
    case "delay":
      return `${name} by ${fault.delayMs} ms for ${fault.ms} ms`;
    case "cut":
    case "silence":
      return name;
  }
}

/** For counting. */
export function nameOfFault({ kind, target }: Fault): string {
  return kind === "cut after" ? `cut ${target} after` : `${kind} ${target}`;
}
