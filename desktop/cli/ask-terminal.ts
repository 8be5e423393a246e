/** Standard input, whole or for one yes or no. */
import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

/** More than any header's value: whoever pipes a file by mistake learns of it soon. */
const MAX_INPUT_BYTES = 64 * 1024;

/** Everything that comes, as UTF-8. What is longer than 64 KiB is cut, and then refused by whoever wanted it. */
export async function readAll(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MAX_INPUT_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}

/** Asks on a terminal. Only y and yes mean yes. */
export function confirmOn(input: Readable, output: Writable): (question: string) => Promise<boolean> {
  return async (question) => {
    const lines = createInterface({ input, output });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
    } finally {
      lines.close();
    }
  };
}
