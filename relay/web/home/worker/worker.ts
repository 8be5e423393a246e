/**
 * The home page's service worker: the page opens without a network, and that is all it does. It answers for the page and
 * the files of its own build; everything else, and every other method, goes to the relay as if it were not there.
 * A newer one waits until the last page of this one is closed, or its user reloads, so that no page loses the files it was
 * built with.
 */
import { isPage, shellAddresses, TAKE_OVER } from "./shell.ts";

declare const self: ServiceWorkerGlobalScope;
/** Every file of this build, relative to the scope. Put in by the build. */
declare const SHELL: readonly string[];
/** Those that are kept once they have been used. */
declare const SELDOM: readonly string[];
declare const SHELL_VERSION: string;

const CACHE_PREFIX = "ora-home-";
const CACHE = `${CACHE_PREFIX}${SHELL_VERSION}`;
/** A page that a poor network does not bring in this time comes from the cache. Milliseconds. */
const PATIENCE_MS = 4_000;

const scope = self.registration.scope;
const shell = shellAddresses(SHELL, scope);
const seldom = shellAddresses(SELDOM, scope);

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});

self.addEventListener("message", ({ data }) => {
  if (data === TAKE_OVER) void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (isPage(request.url, scope)) event.respondWith(page(request));
  else if (shell.has(request.url) || seldom.has(request.url)) event.respondWith(kept(request));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  // All but the page have their hash in their name: what the browser has of them is right.
  await cache.addAll(
    [...shell].map((url) => new Request(url, { cache: url === scope ? "reload" : "default" })),
  );
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The relay's newest page; its own scripts have other names than the old one's, so the two are never mixed. */
async function page(request: Request): Promise<Response> {
  const fromCache = async () => (await caches.open(CACHE)).match(scope);
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  try {
    const response = await fetch(request.url, { signal: giveUp.signal, cache: "no-cache" });
    if (response.ok) return response;
    return (await fromCache()) ?? response;
  } catch {
    // No network, or none to speak of.
    return (await fromCache()) ?? Response.error();
  } finally {
    clearTimeout(timer);
  }
}

async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request.url);
  if (found !== undefined) return found;
  const response = await fetch(request);
  if (response.ok && seldom.has(request.url)) await cache.put(request.url, response.clone());
  return response;
}
