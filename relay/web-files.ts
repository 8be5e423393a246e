/**
 * The built pages that the relay serves, read into memory once at the start: a list in the folder names them, and a file
 * that is not in the list is not served. What is large comes compressed from the build already. Nothing here reads a
 * path that a visitor chose.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Which origin a file belongs to: the relay's own, or one of the origins of apps. Neither is served on the other. */
export type WebPlace = "home" | "app";

export interface WebFile {
  /** The value of `Content-Type`. */
  readonly type: string;
  /** For `If-None-Match`. */
  readonly etag: string;
  /** Its name holds its hash: it may be kept for ever. */
  readonly isImmutable: boolean;
  readonly identity: Buffer;
  /** Where they are smaller. */
  readonly br?: Buffer;
  readonly gzip?: Buffer;
}

/** By path without a leading slash, such as `index.html` or `assets/home-1A2B3C4D.js`. */
export type WebFolder = ReadonlyMap<string, WebFile>;
export type WebFiles = Readonly<Record<WebPlace, WebFolder>>;

/** What the build writes beside the folders: every file of this build, `home/index.html` and so on. */
const LIST = "files.json";
const HASHED_NAME = /-[A-Z0-9]{8}\.\w+$/;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  json: "application/json",
  webmanifest: "application/manifest+json",
};

/** The pages could not be read: they were not built, or not whole. */
export class WebFilesError extends Error {
  readonly code = "web_files_unreadable";

  constructor(folder: string, cause: unknown) {
    super(`the relay's pages are missing in ${folder}: run \`npm run build\``, { cause });
    this.name = "WebFilesError";
  }
}

/**
 * Reads what the build left in `folder`.
 * @throws {WebFilesError} when a file of the list is missing, or the list is none.
 */
export async function loadWebFiles(folder: string): Promise<WebFiles> {
  const places: Record<WebPlace, Map<string, WebFile>> = { home: new Map(), app: new Map() };
  try {
    const list: unknown = JSON.parse(await readFile(join(folder, LIST), "utf8"));
    for (const path of listedPaths(list)) {
      const [, place, name = ""] = /^(home|app)\/(.+)$/.exec(path) ?? [];
      if (place === undefined) throw new Error(`a file of neither place: ${path}`);
      places[place as WebPlace].set(name, await readWebFile(join(folder, path), name));
    }
  } catch (error) {
    throw new WebFilesError(folder, error);
  }
  return places;
}

/** One file, with its compressed copies where they were built. */
async function readWebFile(path: string, name: string): Promise<WebFile> {
  const identity = await readFile(path);
  const [br, gzip] = await Promise.all([readIfThere(`${path}.br`), readIfThere(`${path}.gz`)]);
  return webFile(name, identity, { br, gzip });
}

/** A file of a name and content, as the loader would give it: tests make theirs with this. */
export function webFile(
  name: string,
  identity: Buffer,
  compressed: { br?: Buffer | undefined; gzip?: Buffer | undefined } = {},
): WebFile {
  const { br, gzip } = compressed;
  const hash = createHash("sha256").update(identity).digest("base64url").slice(0, 22);
  return {
    type: TYPES[/\w+$/.exec(name)?.[0] ?? ""] ?? "application/octet-stream",
    // Weak, because one tag stands for every packing.
    etag: `W/"${hash}"`,
    isImmutable: HASHED_NAME.test(name),
    identity,
    ...(br !== undefined && { br }),
    ...(gzip !== undefined && { gzip }),
  };
}

function listedPaths(list: unknown): readonly string[] {
  if (!Array.isArray(list) || !list.every((path) => typeof path === "string")) {
    throw new Error("the list of files is none");
  }
  return list;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
