/** Asks the node that runs on a state directory, if there is one, what it was started with. It is not disturbed. */
import { EXIT } from "#shared/config/exit-code.ts";
import { type ControlAddress, ControlError } from "../control/address.ts";
import { askNode } from "../control/control-client.ts";
import { type NodeReport, readNodeReport } from "./node-report.ts";

/** How long it may take. */
const ANSWER_TIMEOUT_MS = 5_000;

export type RunningNode =
  | { readonly kind: "running"; readonly report: NodeReport }
  | { readonly kind: "none" }
  /** Something is there and does not tell; why, in words. */
  | { readonly kind: "silent"; readonly why: string };

/** `address` throws as `controlAddress` does. */
export async function askRunning(address: () => ControlAddress): Promise<RunningNode> {
  const lines: string[] = [];
  try {
    const answer = await inTime(
      askNode({ address: address(), args: ["status", "--json"], print: (line) => lines.push(line) }),
    );
    if (answer === "not_running") return { kind: "none" };
    const [first = ""] = lines;
    const report = readNodeReport(first);
    if (report !== undefined) return { kind: "running", report };
    if (answer === EXIT.USAGE) return silent("it is of a version that does not tell");
    return silent(first === "" ? "it does not answer" : `it says: ${printable(first)}`);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return silent(error.message);
  }
}

const silent = (why: string): RunningNode => ({ kind: "silent", why });

async function inTime<Value>(answer: Promise<Value>): Promise<Value | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

const MAX_SAID_LENGTH = 200;

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ").slice(0, MAX_SAID_LENGTH);
}
