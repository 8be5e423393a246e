/**
 * Makes room for another PC's app where one origin serves all of them: its pages and workers go first, because whatever
 * still runs in this origin could read what comes next, and then everything that they can have stored. Cookies are on
 * the PC.
 */
import { dropKeptPages } from "../calls/drop-kept-pages.ts";
import { MARK } from "../calls/messages.ts";

/** A page that asks whether it may be left, or a worker that lives on, does not go by itself. Milliseconds. */
const ANSWER_WAIT_MS = 10_000;
const OWN_DATABASE = "~ora";

/** Shuts everything else that runs in this origin. False when something stays. `worker` is the one that is active. */
export async function shutOthers(worker: ServiceWorker): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  try {
    return await new Promise((resolve) => {
      setTimeout(() => resolve(false), ANSWER_WAIT_MS);
      port1.onmessage = ({ data }) => resolve(data === true);
      worker.postMessage({ [MARK]: "shut-others" }, [port2]);
    });
  } finally {
    port1.close();
  }
}

/**
 * Everything but our own database, which its owner empties. Rejects when the pages that the browser keeps for going back
 * to cannot be dropped: those would run on among what comes next.
 */
export async function clearStorage(): Promise<void> {
  await dropKeptPages();
  localStorage.clear();
  sessionStorage.clear();
  for (const name of await caches.keys()) await caches.delete(name);
  const databases = (await indexedDB.databases?.()) ?? [];
  await Promise.all(
    databases.map(({ name }) => (name === undefined || name === OWN_DATABASE ? undefined : drop(name))),
  );
  await clearFiles();
}

function drop(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => resolve();
    // Its last user is about to close it; whoever opens it next waits until it is gone.
    request.onblocked = () => resolve();
  });
}

/** The origin's own files, which not every browser has. */
async function clearFiles(): Promise<void> {
  const storage: StorageManager | undefined = navigator.storage;
  const folder = await storage?.getDirectory?.().catch(() => undefined);
  if (folder === undefined) return;
  for await (const name of folder.keys()) await folder.removeEntry(name, { recursive: true });
}
