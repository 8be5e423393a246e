/** Files from the phone to the PC and back: uploaded, listened to, downloaded, edited, deleted. */
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { until } from "../../support/until.ts";
import { digest } from "../digest.ts";
import { picture, recording } from "../make-media.ts";
import type { OpenedApp } from "../phone.ts";
import { must, type Steps } from "../steps.ts";

const MIB = 1024 * 1024;
/** 26 MB of WAV, though called mp3, because the app plays nothing that is called wav: a browser does not fetch all of it before it is asked to play what is near the end. */
const SECONDS = 600;
const NEAR_THE_END_SEC = 570;

const row = (page: Page, name: string) => page.locator("li[data-name^=js-file-]", { hasText: name }).first();

async function chooseInMenu(page: Page, entry: string): Promise<void> {
  await page.locator("#f9").tap();
  await page
    .locator(`[data-name=js-menu]:not(.menu-hidden) > li > label[data-menu-path="${entry}"]`)
    .first()
    .tap();
}

async function upload(page: Page, name: string, bytes: Buffer): Promise<void> {
  await chooseInMenu(page, "Upload");
  await page
    .locator("[data-name=js-upload-file-button]")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
  await row(page, name).waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  await page.locator("[data-name=js-upload-file-button]").waitFor({ state: "detached" });
}

export async function useCloudCommander({ page }: OpenedApp, steps: Steps, files: string): Promise<void> {
  const shown = () => page;
  const onPc = async (name: string) => digest(await readFile(join(files, name)));
  const media = { "tone.mp3": recording(SECONDS), "boiler.png": picture() };
  const large = randomBytes(30 * MIB);
  await steps.take("opens and lists the PC's files", shown, () => row(page, "notes.txt").waitFor());
  await steps.take("upload a picture and a recording of 26 MB", shown, async () => {
    for (const [name, bytes] of Object.entries(media)) {
      await upload(page, name, bytes);
      must((await onPc(name)) === digest(bytes), `${name} arrived as another file`);
    }
  });
  await steps.take("view the picture", shown, async () => {
    await row(page, "boiler.png").tap();
    await page.locator("#f3").tap();
    await page.waitForFunction(() =>
      [...document.images].some(({ complete, naturalWidth }) => complete && naturalWidth === 240),
    );
  });
  await page.keyboard.press("Escape");
  await steps.take("play the recording, and jump to near its end by a range", shown, async () => {
    await row(page, "tone.mp3").tap();
    await page.locator("#f3").tap();
    const audio = page.locator("audio");
    await audio.waitFor();
    await audio.evaluate(async (element: HTMLAudioElement, at) => {
      await element.play();
      element.currentTime = at;
      await new Promise<void>((resolve, reject) => {
        element.addEventListener("error", () => reject(new Error(element.error?.message)));
        element.addEventListener("timeupdate", () => {
          if (element.currentTime > at && element.readyState >= 3) resolve();
        });
      });
    }, NEAR_THE_END_SEC);
  });
  await page.keyboard.press("Escape");
  await steps.take("upload 30 MB", shown, async () => {
    await upload(page, "large.bin", large);
    must((await onPc("large.bin")) === digest(large), "it arrived as another file");
  });
  await steps.take("download the 30 MB: the same, byte for byte", shown, async () => {
    await row(page, "large.bin").tap();
    const [download] = await Promise.all([page.waitForEvent("download"), chooseInMenu(page, "Download")]);
    must(download.suggestedFilename() === "large.bin", `it is called ${download.suggestedFilename()}`);
    must(digest(await readFile(await download.path())) === digest(large), "it came back as another file");
  });
  await steps.take("edit a text and save it, with socket.io at work", shown, async () => {
    await row(page, "notes.txt").tap();
    await page.locator("#f4").tap();
    await page.locator(".ace_content, .edit textarea").first().waitFor();
    await page.waitForFunction(() => document.querySelector(".ace_content")?.textContent?.includes("first"));
    await page.keyboard.type("second thoughts ");
    await page.keyboard.press("Control+s");
    await until("the PC has the new text", async () =>
      (await readFile(join(files, "notes.txt"), "utf8")).includes("second thoughts"),
    );
  });
  await page.keyboard.press("Escape");
  await steps.take("delete a file, by socket.io, and see it gone", shown, async () => {
    await row(page, "large.bin").tap();
    await page.locator("#f8").tap();
    await page.locator(".smalltalk button", { hasText: /ok/i }).tap();
    await row(page, "large.bin").waitFor({ state: "detached" });
    must(!(await readdir(files)).includes("large.bin"), "it is still on the PC");
  });
}
