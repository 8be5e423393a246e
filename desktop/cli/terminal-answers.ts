/**
 * What the owner types into the node's terminal: y or n for a device that waits, Enter for fresh codes. Anything else
 * is ignored.
 */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { NodeCore } from "../core/node-core.ts";

type Answering = Pick<NodeCore, "newCode"> & {
  readonly desk: Pick<NodeCore["desk"], "questions" | "decide">;
};

export interface TerminalAnswers {
  readonly input: Readable;
  readonly node: Answering;
  /** The owner wants to see codes; they are made anew after this. */
  readonly asksForCodes: () => void;
}

/** Listens until the input ends. Returns how to stop. */
export function takeAnswers({ input, node, asksForCodes }: TerminalAnswers): () => void {
  const lines = createInterface({ input });
  lines.on("line", (line) => {
    const word = line.trim().toLowerCase();
    const [question] = node.desk.questions;
    if (question === undefined) {
      if (word !== "") return;
      asksForCodes();
      node.newCode();
    } else if (/^(y|yes|n|no)$/.test(word)) {
      node.desk.decide(question.id, word.startsWith("y"));
    }
  });
  return () => lines.close();
}
