/** `npm run icons`: draws every icon anew into assets/tray/ and assets/app/, and removes what is no longer drawn. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { iconFiles } from "./icon-files.ts";

const folder = join(process.cwd(), "assets");
const files = iconFiles();

await Promise.all(["tray", "app"].map((name) => rm(join(folder, name), { recursive: true, force: true })));
for (const [path, content] of files) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}
process.stdout.write(`${files.size} icons in assets/tray and assets/app\n`);
