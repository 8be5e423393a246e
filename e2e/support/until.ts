/** Waits for what nothing announces. The deadline guards against hanging and measures nothing. */

const LOOK_MS = 5;
const DEADLINE_MS = 20_000;

/** @throws Error naming `what` when it has not come true in time. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${deadlineMs} ms passed before ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
