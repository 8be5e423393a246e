/** What was done with an app, step by step: each has a picture, and a step that failed does not stop those behind it. */
import { join } from "node:path";
import type { Page } from "playwright-core";

export interface Step {
  readonly what: string;
  /** Why it failed; undefined when it did not. */
  readonly failure: string | undefined;
  readonly tookMs: number;
}

export class Steps {
  readonly done: Step[] = [];
  private readonly folder: string;
  private readonly name: string;

  /** Pictures go into `folder`, and begin with `name`. */
  constructor(folder: string, name: string) {
    this.folder = folder;
    this.name = name;
  }

  /** Does it, and takes a picture of `page` afterwards. */
  async take(what: string, page: () => Page, act: () => Promise<void>): Promise<void> {
    const start = performance.now();
    const failure = await act().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    this.done.push({ what, failure, tookMs: Math.round(performance.now() - start) });
    console.log(`${failure === undefined ? "works" : "FAILS"}  ${this.name}: ${what}`);
    if (failure !== undefined) console.log(failure.replace(/^/gm, "       "));
    const number = String(this.done.length).padStart(2, "0");
    const slug = what
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .slice(0, 48);
    const path = join(this.folder, `${this.name}-${number}-${slug}.png`);
    await page()
      .screenshot({ path })
      .catch((error: unknown) => console.log(`       no picture: ${String(error)}`));
  }
}

/** @throws Error saying what is not so. */
export function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what);
}
