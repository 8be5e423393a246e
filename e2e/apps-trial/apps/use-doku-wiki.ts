/** Signing in to the wiki, writing a page, uploading a picture into it, finding it again. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { digest } from "../digest.ts";
import { picture } from "../make-media.ts";
import type { OpenedApp } from "../phone.ts";
import { must, type Steps } from "../steps.ts";
import { OWNER } from "./doku-wiki.ts";

const TEXT =
  "====== Boiler ======\nService on **Monday**: café, 日本語, & <tags>.\n\n{{ :boiler.png?200 }}\n";

/** What the template offers on a phone: a list that goes there when something is chosen. */
async function choose(page: Page, tool: string): Promise<void> {
  await page.locator(".mobileTools select").selectOption(tool);
}

const isSignedIn = (page: Page) => page.getByText("Logged in as").first().waitFor({ state: "attached" });

export async function useDokuWiki(
  { page, context, origin }: OpenedApp,
  steps: Steps,
  data: string,
): Promise<void> {
  const shown = () => page;
  await steps.take("opens, with its styles and scripts", shown, async () => {
    await page.locator("#dokuwiki__header").waitFor();
    await page.waitForFunction(() => "jQuery" in globalThis && "dw_page" in globalThis);
    const height = await page.evaluate(
      () => document.querySelector("#dokuwiki__header .headings")?.clientHeight,
    );
    must(height !== undefined && height > 0, "the header has no height");
  });
  await steps.take("log in by its form", shown, async () => {
    await choose(page, "login");
    await page.locator("#dw__login input[name=u]").fill(OWNER.name);
    await page.locator("#dw__login input[name=p]").fill(OWNER.password);
    await page.locator("#dw__login button[type=submit]").tap();
    await isSignedIn(page);
    must((await context.cookies()).length === 0, "the browser got cookies");
  });
  await steps.take("reload: still logged in", shown, async () => {
    await page.reload();
    await isSignedIn(page);
  });
  let other = page;
  await steps.take(
    "a new tab: logged in there too",
    () => other,
    async () => {
      other = await context.newPage();
      await other.goto(`${origin}/doku.php?id=start`);
      await isSignedIn(other);
    },
  );
  await other.close();
  const image = picture();
  await steps.take("upload a picture in the media manager", shown, async () => {
    await page.goto(`${origin}/doku.php?id=boiler`);
    await choose(page, "media");
    await page.getByRole("link", { name: "Upload", exact: true }).tap();
    await page
      .locator("#mediamanager__uploader input[type=file]")
      .setInputFiles({ name: "boiler.png", mimeType: "image/png", buffer: image });
    await page.locator("#mediamanager__upload_button").tap();
    await page.locator(".qq-upload-success, .qq-upload-fail, li.success").first().waitFor();
    must(digest(await readFile(join(data, "media", "boiler.png"))) === digest(image), "another file arrived");
  });
  await steps.take("write a page, look at the preview, save it", shown, async () => {
    await page.goto(`${origin}/doku.php?id=boiler`);
    await choose(page, "edit");
    await page.locator("#wiki__text").fill(TEXT);
    await page.getByRole("button", { name: "Preview" }).tap();
    await page.locator(".preview h1").waitFor();
    await page.getByRole("button", { name: "Save" }).tap();
    await page.locator("h1#boiler").waitFor();
    must(
      (await readFile(join(data, "pages", "boiler.txt"), "utf8")).includes("café, 日本語, & <tags>"),
      "not saved",
    );
  });
  await steps.take("the page shows the picture, the same byte for byte", shown, async () => {
    await page.waitForFunction(() => {
      const image = document.querySelector<HTMLImageElement>("#dokuwiki__content img.mediacenter, .page img");
      return image?.complete === true && image.naturalWidth > 0;
    });
    const bytes = await page.evaluate(async () => {
      const response = await fetch("/lib/exe/fetch.php?media=boiler.png");
      return [...new Uint8Array(await response.arrayBuffer())];
    });
    must(digest(Uint8Array.from(bytes)) === digest(image), "the picture is another one");
  });
  await steps.take("its search finds the page", shown, async () => {
    await page.locator("#qsearch__in").fill("boiler");
    await page.locator("#qsearch__in").press("Enter");
    await page.locator(".search_results a", { hasText: "boiler" }).first().waitFor();
  });
  await steps.take("log out by its link", shown, async () => {
    await choose(page, "logout");
    await page.locator("#dw__login").waitFor();
  });
}
