/** `npm run screenshots`: makes every picture that the README shows, from the real programs. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launchChromium } from "../support/browser.ts";
import { startProgram } from "../support/program.ts";
import { terminalPage } from "./terminal-page.ts";

const folder = join(process.cwd(), "assets", "screenshots");

async function npmStart(): Promise<string> {
  const program = startProgram(process.execPath, ["esbuild.config.mjs", "run", "start"], {
    env: { ORA_NODE_SECRETS: "memory" },
  });
  try {
    await program.waitFor(/^pairing_code=/);
    await program.waitFor(/Ctrl-C/);
    return terminalPage("npm start", program.lines, /pairing_code=\S+/);
  } finally {
    await program.stop();
  }
}

await mkdir(folder, { recursive: true });
const browser = await launchChromium();
try {
  const page = await browser.newPage({ deviceScaleFactor: 2, viewport: { width: 1000, height: 400 } });
  await page.setContent(await npmStart());
  await page.locator("body").screenshot({ path: join(folder, "npm-start.png") });
  console.log("assets/screenshots/npm-start.png");
} finally {
  await browser.close();
}
