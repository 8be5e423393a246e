/**
 * `npm run screenshots`: makes every picture that the README shows, from the real programs and windows.
 * `npm run screenshots -- terminal`: the one of the terminal alone.
 * `npm run screenshots -- windows`: those of the windows alone.
 * `npm run screenshots -- windows FOLDER [PART-OF-NAME]`: every window in every state, into a folder.
 * `npm run screenshots -- phone FOLDER [PART-OF-NAME]`: every scene of the phone's page.
 * `npm run screenshots -- requests FOLDER [PART-OF-NAME]`: every scene of its API client.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launchChromium } from "../support/browser.ts";
import { startProgram } from "../support/program.ts";
import { chosenPhonePicture, phonePictures } from "./phone.ts";
import { requestsPictures } from "./requests.ts";
import { terminalPage } from "./terminal-page.ts";
import { chosenWindowPictures, windowPictures } from "./windows.ts";

const folder = join(process.cwd(), "assets", "screenshots");

async function npmStart(): Promise<string> {
  const program = startProgram(process.execPath, ["esbuild.config.mjs", "run", "start"], {
    env: { ORA_NODE_SECRETS: "memory" },
  });
  try {
    await program.waitFor(/^pairing_code=/);
    // The lines to paste come right behind the code, and end with the one for wscat.
    await program.waitFor(/wscat/);
    return terminalPage("npm start", program.lines, /^\w*pairing_(?:code|link)=\S+/);
  } finally {
    await program.stop();
  }
}

await mkdir(folder, { recursive: true });
const browser = await launchChromium();
const [what, into, only] = process.argv.slice(2);
try {
  if (what === "terminal") await terminal();
  else if (what === "requests") {
    if (into === undefined) throw new Error("say into which folder");
    console.log(`${await requestsPictures(browser, into, only)} pictures`);
  } else if (what === "phone" && into !== undefined) {
    console.log(`${await phonePictures(browser, into, only)} pictures`);
  } else if (what === "phone") {
    console.log(`assets/screenshots/${await chosenPhonePicture(browser, folder)}`);
  } else if (what === "windows") {
    if (into === undefined) await chosen();
    else console.log(`${await windowPictures(browser, into, only)} pictures`);
  } else await everything();
} finally {
  await browser.close();
}

async function everything(): Promise<void> {
  await terminal();
  await chosen();
  console.log(`assets/screenshots/${await chosenPhonePicture(browser, folder)}`);
}

async function terminal(): Promise<void> {
  const page = await browser.newPage({ deviceScaleFactor: 2, viewport: { width: 1000, height: 400 } });
  await page.setContent(await npmStart());
  await page.locator("body").screenshot({ path: join(folder, "npm-start.png") });
  console.log("assets/screenshots/npm-start.png");
}

async function chosen(): Promise<void> {
  for (const name of await chosenWindowPictures(browser, folder)) console.log(`assets/screenshots/${name}`);
}
