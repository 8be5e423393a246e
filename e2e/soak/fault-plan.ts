/**
 * What is broken, and in which order: decided by the seed alone, never by how quickly things recover, so that a run that
 * found something can be had again. One step is one fault, or two that overlap; then everybody may recover.
 */
import { type Seeded, seeded } from "./seeded.ts";

/** Relays and their lines to the bus are counted from 1 on; one that is alone has no number, and no bus. */
export type ProgramTarget = "relay" | `relay ${number}` | "nats" | "node" | "connect";
export type LineTarget = "node line" | "device line" | `bus line ${number}`;

export type Fault =
  | { readonly kind: "kill" | "restart"; readonly target: ProgramTarget; readonly downMs: number }
  | { readonly kind: "freeze"; readonly target: ProgramTarget; readonly ms: number }
  | { readonly kind: "cut" | "silence"; readonly target: LineTarget }
  | { readonly kind: "cut after"; readonly target: LineTarget; readonly bytes: number }
  | { readonly kind: "delay"; readonly target: LineTarget; readonly delayMs: number; readonly ms: number };

/** Where faults happen, in the frequency in which they stand here. */
interface Places {
  readonly programs: readonly [ProgramTarget, ...ProgramTarget[]];
  readonly lines: readonly [LineTarget, ...LineTarget[]];
}

const ALONE: Places = {
  programs: ["relay", "relay", "node", "node", "connect"],
  lines: ["node line", "device line"],
};

function placesOf(relays: number): Places {
  if (relays === 1) return ALONE;
  const numbers = Array.from({ length: relays }, (_, index) => index + 1);
  return {
    programs: ["nats", "node", "connect", ...numbers.map((number) => `relay ${number}` as const)],
    lines: ["node line", "device line", ...numbers.map((number) => `bus line ${number}` as const)],
  };
}

export interface Step {
  /** Quiet before it. */
  readonly pauseMs: number;
  readonly faults: readonly Fault[];
}

/** `slow` is for long runs: also faults that nobody can notice within a minute, such as a line that dies in silence. */
export function* planFaults(seed: number, pace: "quick" | "slow", relays = 1): Generator<Step, never> {
  const random = seeded(seed);
  const places = placesOf(relays);
  for (;;) {
    const pauseMs = random.between(300, 4_000);
    const first = anyFault(random, pace, places);
    const second = anyFault(random, pace, places);
    const both = random.percent(25) && second.target !== first.target;
    yield { pauseMs, faults: both ? [first, second] : [first] };
  }
}

function anyFault(random: Seeded, pace: "quick" | "slow", places: Places): Fault {
  const program = random.oneOf(places.programs);
  const line = random.oneOf(places.lines);
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
  const name = fault.kind === "cut after" ? `cut ${fault.target} after` : `${fault.kind} ${fault.target}`;
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

/** For counting: those that differ in nothing but a number are one. */
export function nameOfFault({ kind, target }: Fault): string {
  const place = target.replace(/ \d+$/, "");
  return kind === "cut after" ? `cut ${place} after` : `${kind} ${place}`;
}
