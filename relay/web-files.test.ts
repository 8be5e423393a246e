import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadWebFiles, WebFilesError } from "./web-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "web-files-"));
  await mkdir(join(folder, "home", "assets"), { recursive: true });
  await mkdir(join(folder, "app"));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (path: string, text: string) => writeFile(join(folder, path), text);
const list = (...paths: unknown[]) => write("files.json", JSON.stringify(paths));

describe("the pages of a build", () => {
  it("are those of its list, by origin, with the packed copies beside them", async () => {
    await write("home/index.html", "page");
    await write("home/index.html.br", "packed");
    await write("home/assets/home-1A2B3C4D.js", "script");
    await write("home/of-an-older-build.js", "old");
    await write("app/shim.js", "shim");
    await list("home/index.html", "home/assets/home-1A2B3C4D.js", "app/shim.js");
    const { home, app } = await loadWebFiles(folder);
    expect([...home.keys()]).toEqual(["index.html", "assets/home-1A2B3C4D.js"]);
    expect([...app.keys()]).toEqual(["shim.js"]);
    expect(home.get("index.html")).toMatchObject({
      type: "text/html; charset=utf-8",
      isImmutable: false,
      identity: Buffer.from("page"),
      br: Buffer.from("packed"),
    });
    expect(home.get("index.html")).not.toHaveProperty("gzip");
    expect(home.get("assets/home-1A2B3C4D.js")).toMatchObject({
      type: "text/javascript; charset=utf-8",
      isImmutable: true,
    });
  });

  it.each([
    ["no list", undefined],
    ["a list that is none", "{}"],
    ["a file that is missing", '["home/gone.js"]'],
    ["a file of no origin", '["elsewhere/index.html"]'],
  ])("are refused with the folder's name: %s", async (_, text) => {
    if (text !== undefined) await write("files.json", text);
    const error = await loadWebFiles(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WebFilesError);
    expect(String(error)).toContain(folder);
  });
});
