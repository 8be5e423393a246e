/**
 * Replaces a file that only its owner may read by renaming a complete, flushed one over it: a crash leaves the old one
 * or the new one. Windows has no such modes; there the user's profile protects the directory.
 */
import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** `path` lies in `directory`, which is there. Rejects with the system's error. */
export async function replaceFile(
  directory: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const temporary = join(directory, `.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(directory);
}

/** Makes a rename or removal last through a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
