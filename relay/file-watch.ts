/**
 * Files that may change while the relay runs, looked at again and again: what the system tells of changes differs from
 * file system to file system, and renewed certificates are often links that now lead elsewhere. A change that cannot
 * be taken over is tried again at each look.
 */
import { stat } from "node:fs/promises";
import type { Clock, Timer } from "./clock.ts";

export interface FileWatchOptions {
  readonly clock: Clock;
  readonly paths: readonly string[];
  /** Milliseconds between looks. */
  readonly everyMs: number;
  /** Takes over what the files hold now. Rejects when it cannot. */
  readonly changed: () => Promise<void>;
  /** A file is gone, or `changed` rejected. */
  readonly failed: (error: unknown) => void;
  /** After each look, whatever it found. */
  readonly looked?: () => void;
}

export class FileWatch {
  private readonly options: FileWatchOptions;
  /** What the files were when they were last taken over, as far as the system can tell. */
  private seen = "";
  private timer: Timer | undefined;

  constructor(options: FileWatchOptions) {
    this.options = options;
  }

  /** Takes the files over for the first time, and watches from then on. Rejects as `changed` does. */
  async start(): Promise<void> {
    // The trace first: a change in between is then seen at the next look.
    const before = await this.trace().catch(() => "");
    await this.options.changed();
    this.seen = before;
    this.lookLater();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private lookLater(): void {
    this.timer = this.options.clock.after(this.options.everyMs, () => {
      void this.look().then(() => {
        if (this.timer !== undefined) this.lookLater();
      });
    });
  }

  private async look(): Promise<void> {
    try {
      const now = await this.trace();
      if (now !== this.seen) {
        await this.options.changed();
        this.seen = now;
      }
    } catch (error) {
      this.options.failed(error);
    }
    this.options.looked?.();
  }

  private async trace(): Promise<string> {
    const all = await Promise.all(this.options.paths.map((path) => stat(path)));
    return all.map(({ ino, size, mtimeMs, ctimeMs }) => [ino, size, mtimeMs, ctimeMs].join(" ")).join("\n");
  }
}
