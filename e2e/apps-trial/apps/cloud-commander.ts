/** Cloud Commander from npm: a file manager; what a phone does with files, and socket.io beside it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { startProgram } from "../../support/program.ts";
import { npmPackages } from "../install/npm-packages.ts";
import type { TrialApp } from "../trial-app.ts";
import { useCloudCommander } from "./use-cloud-commander.ts";

/** The last version that runs on Node 20. */
const PACKAGE = "cloudcmd@18.8.11";

export const cloudCommander: TrialApp = {
  name: "Cloud Commander",
  kind: "npm: files, uploads, sound, socket.io",
  async start({ cache, work }) {
    const programs = await npmPackages(join(cache, "cloud-commander"), [PACKAGE]);
    const files = join(work, "files");
    await mkdir(files);
    await writeFile(join(files, "notes.txt"), "first line\n");
    const config = join(work, "cloudcmd.json");
    await writeFile(config, "{}");
    const port = await freePort();
    const program = startProgram(
      process.execPath,
      [
        join(programs, "cloudcmd"),
        ...["--root", files, "--port", String(port), "--config", config],
        ...["--no-open", "--no-auth", "--no-console", "--no-terminal", "--one-file-panel"],
      ],
      { cwd: work, env: { HOME: work } },
    );
    await program.waitFor(/^url: /);
    return {
      program,
      origin: `http://127.0.0.1:${port}`,
      use: (opened, steps) => useCloudCommander(opened, steps, files),
    };
  },
};
