/** Whether there is a newer version of this program: asked when the owner wants it, and by itself only where he allows it. */
import type { DesktopPort } from "./app-ports.ts";
import { newerVersion } from "./newer-version.ts";

/** By itself. */
export const UPDATE_CHECK_MS = 24 * 60 * 60 * 1000;

export interface UpdatesOptions {
  /** The one that runs. */
  readonly version: string;
  readonly desktop: Pick<DesktopPort, "newestVersion">;
  /** Whether the owner allows it without being asked. */
  readonly isWanted: () => boolean;
  readonly found: (version: string) => void;
}

export class Updates {
  private readonly options: UpdatesOptions;

  constructor(options: UpdatesOptions) {
    this.options = options;
  }

  /** A newer version, undefined when this is the newest; `unknown` when nobody could say. */
  async look(): Promise<string | "unknown" | undefined> {
    const { version, desktop, found } = this.options;
    const newest = await desktop.newestVersion();
    if (newest === undefined) return "unknown";
    const newer = newerVersion(newest, version);
    if (newer !== undefined) found(newer);
    return newer;
  }

  lookIfWanted(): void {
    if (this.options.isWanted()) void this.look();
  }
}
