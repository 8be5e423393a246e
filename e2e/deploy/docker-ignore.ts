/** A `.dockerignore`, as far as ours goes: what of a folder is sent to the builder. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface DockerIgnore {
  /** `path` is relative, with `/` between its parts. */
  ignores(path: string): boolean;
}

export function parseDockerIgnore(text: string): DockerIgnore {
  const rules = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const isException = line.startsWith("!");
      return { isException, pattern: patternOf(isException ? line.slice(1) : line) };
    });
  return {
    // The last line that fits decides.
    ignores: (path) => rules.findLast(({ pattern }) => pattern.test(path))?.isException === false,
  };
}

/** Fits the path itself and what is below it. */
function patternOf(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/|\*)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      return part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}(?:/|$)`);
}

/** The files of `folder` that are sent. */
export async function sentFiles(folder: string, ignoreFile: string): Promise<string[]> {
  const ignore = parseDockerIgnore(await readFile(ignoreFile, "utf8"));
  const found: string[] = [];
  const walk = async (path: string) => {
    for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (ignore.ignores(inner)) continue;
      if (entry.isDirectory()) await walk(inner);
      else if (entry.isFile()) found.push(inner);
    }
  };
  await walk("");
  return found;
}
