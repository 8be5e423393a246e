/**
 * Shuts the pages of the app that has to make room: each is sent to the boot page, which runs no foreign script. Workers
 * that several pages share end with the last of them, and a page that the browser keeps for going back to keeps its own, so it
 * is looked at until nothing is left, or it is given up.
 */
import { dropKeptPages } from "../calls/drop-kept-pages.ts";
import { RESERVED_PREFIX } from "../rewrite/url-map.ts";

const BOOT = `${RESERVED_PREFIX}boot`;
const TRIES = 20;
/** Between two looks. Milliseconds. */
const LOOK_MS = 150;

/** Whether only boot pages are left. `asking` stays as it is. */
export async function shutOthers(clients: Clients, asking: string): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const all = await clients.matchAll({ type: "all", includeUncontrolled: true });
    const others = all.filter(({ id, url }) => id !== asking && new URL(url).pathname !== BOOT);
    if (others.length === 0) return true;
    for (const other of others) {
      // One that is gone already, or that this worker does not control yet: the next look tells.
      if (other instanceof WindowClient) other.navigate(BOOT).catch(() => undefined);
    }
    // Where the relay is away, they end when the browser lets go of them.
    await dropKeptPages().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}
