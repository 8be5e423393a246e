/** An app that nobody here wrote, and how it is used: what the trial knows of each. */
import type { Program } from "../support/program.ts";
import type { OpenedApp } from "./phone.ts";
import type { Steps } from "./steps.ts";

export interface RunningApp {
  readonly program: Program;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Uses it for what it is for, from the page that "Open app" opened. */
  use(opened: OpenedApp, steps: Steps): Promise<void>;
}

export interface TrialApp {
  readonly name: string;
  /** What it is and where it comes from, for the table. */
  readonly kind: string;
  /** Starts it with fresh data in `work`; installs it into `cache` first if it is not there. */
  start(folders: { readonly cache: string; readonly work: string }): Promise<RunningApp>;
}
