/** Node-RED from npm: a single page that is all script, and lives by its WebSocket. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { startProgram } from "../../support/program.ts";
import { npmPackages } from "../install/npm-packages.ts";
import type { TrialApp } from "../trial-app.ts";
import { useNodeRed } from "./use-node-red.ts";

/** The last line of versions that runs on Node 20. */
const PACKAGE = "node-red@4.1.8";

export const nodeRed: TrialApp = {
  name: "Node-RED",
  kind: "npm: a single page with a WebSocket",
  async start({ cache, work }) {
    const programs = await npmPackages(join(cache, "node-red"), [PACKAGE]);
    const userDir = join(work, "node-red");
    await mkdir(userDir);
    const port = await freePort();
    const program = startProgram(
      process.execPath,
      [join(programs, "node-red"), "--userDir", userDir, "--port", String(port)],
      { cwd: userDir, env: { HOME: userDir } },
    );
    await program.waitFor(/Started flows/);
    return {
      program,
      origin: `http://127.0.0.1:${port}`,
      use: (opened, steps) => useNodeRed(opened, steps, userDir),
    };
  },
};
