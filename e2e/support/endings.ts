/** What tests start, ended in the opposite order, whatever came of them. */
import { afterAll, afterEach } from "vitest";

export type AtTheEnd = (end: () => unknown) => void;

function endings(): { add: AtTheEnd; run: () => Promise<void> } {
  const waiting: (() => unknown)[] = [];
  return {
    add: (end) => {
      waiting.push(end);
    },
    async run() {
      for (const end of waiting.splice(0).reverse()) await end();
    },
  };
}

/** Call once in a test file, at its top. */
export function endingsOfEachTest(): AtTheEnd {
  const { add, run } = endings();
  afterEach(run);
  return add;
}

/** For what all tests of a file or of a `describe` share: call it there. */
export function endingsOfAllTests(): AtTheEnd {
  const { add, run } = endings();
  afterAll(run);
  return add;
}
