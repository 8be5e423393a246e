/** The camera: a real browser reads a real QR code from a video, in JavaScript, and asks before it does anything. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "qrcode";
import { expect, it } from "vitest";
import { launchChromium } from "../support/browser.ts";
import { describeHome, watch } from "./home-stage.ts";

const WIDTH = 640;
const HEIGHT = 480;
const MODULE_PX = 6;

/** One second of a QR code on grey, as a YUV4MPEG2 video. */
function video(text: string): Buffer {
  const { modules } = create(text, { errorCorrectionLevel: "M" });
  const side = (modules.size + 8) * MODULE_PX;
  const left = Math.floor((WIDTH - side) / 2);
  const top = Math.floor((HEIGHT - side) / 2);
  const luma = Buffer.alloc(WIDTH * HEIGHT, 150);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const column = Math.floor(x / MODULE_PX) - 4;
      const row = Math.floor(y / MODULE_PX) - 4;
      const isInside = column >= 0 && row >= 0 && column < modules.size && row < modules.size;
      const isDark = isInside && modules.data[row * modules.size + column] === 1;
      luma[(top + y) * WIDTH + left + x] = isDark ? 25 : 230;
    }
  }
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`),
    ...Array.from({ length: 10 }, () => frame),
  ]);
}

describeHome("the scanner", (world) => {
  async function scanning(text: string, permissions: string[]) {
    const folder = await mkdtemp(join(tmpdir(), "ora-scan-"));
    world.afterTest(() => rm(folder, { recursive: true }));
    const path = join(folder, "camera.y4m");
    await writeFile(path, video(text));
    const browser = await launchChromium([
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${path}`,
    ]);
    world.afterTest(() => browser.close());
    const context = await browser.newContext({ locale: "en-GB", permissions });
    const watched = await watch(context);
    await watched.page.goto(world.relay().origin);
    await watched.page.getByRole("button", { name: "Add a PC" }).click();
    await watched.page.getByRole("button", { name: "Scan the QR code" }).click();
    return watched;
  }

  it("reads the PC's code, asks, and pairs after the tap", async () => {
    const node = await world.node();
    const { page, faults, requests } = await scanning(await node.link(), ["camera"]);
    await page.getByRole("heading", { name: "Add this PC?" }).waitFor();
    expect(requests).toEqual([]);
    await page.getByRole("button", { name: "Add this PC" }).click();
    await page.getByRole("heading", { name: "Studio PC is added" }).waitFor();
    expect(faults).toEqual([]);
  });

  it("says of another code that it is not from ORA, and goes on looking", async () => {
    const { page } = await scanning("WIFI:S:cafe;T:WPA;P:secret;;", ["camera"]);
    await page.getByText("That QR code is not from ORA.").waitFor();
    await page.getByRole("button", { name: "Type the code" }).waitFor();
  });

  it("says that the camera is not allowed, and what to do instead", async () => {
    const { page } = await scanning("nothing", []);
    await page.getByText("The camera is not allowed for this page.").waitFor();
    await page.getByRole("button", { name: "Type the code" }).click();
    await page.getByRole("heading", { name: "Type the code" }).waitFor();
  });
});
