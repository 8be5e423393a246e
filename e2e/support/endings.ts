/** What a test file starts, ended after each test in the opposite order, whatever came of the test. */
import { afterEach } from "vitest";

export type AtTheEnd = (end: () => unknown) => void;

/** Call once in a test file, at its top. */
export function endingsOfEachTest(): AtTheEnd {
  const endings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  return (end) => {
    endings.push(end);
  };
}
