/**
 * The home page's start. The fragment is out of the address bar before this runs (index.html); here it is taken over, and
 * everything is put together and drawn: at first without the list, which a browser may take its time to give.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { render } from "preact";
import { browserSockets } from "#shared/client/browser-socket.ts";
import type { ChannelTools } from "#shared/client/channel.ts";
import { connectSession } from "#shared/client/connect-session.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { systemClock } from "#shared/mux/clock.ts";
import { usableKey } from "../keys/stored-key.ts";
import { HomePage } from "./home-page.tsx";
import { browserPlace, openTab } from "./state/browser-place.ts";
import { dropDrafts } from "./state/drop-drafts.ts";
import { Home } from "./state/home.ts";
import { type InstalledWorker, installWorker } from "./state/install-worker.ts";
import { Pcs } from "./state/pcs.ts";
import { createPreferences } from "./state/preferences.ts";
import { createSceneHistory } from "./state/scene-history.ts";
import { createStoreDoor } from "./state/store-door.ts";
import { takeFragment } from "./state/take-fragment.ts";
import { browserLanguage } from "./texts/language.ts";
import { loadTexts } from "./texts/texts.ts";

/** Times that are told in words are looked at again. Milliseconds. */
const TICK_MS = 30_000;
const ID_BYTES = 16;

/** Chromium's offer to install the page, which the DOM's types do not know. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

/** What the API client keeps goes with the PC; its code is loaded for that alone. */
async function forgetRequests(nodeId: string): Promise<void> {
  const { forgetSaved } = await import("./requests/saved/saved-store.ts");
  await forgetSaved(globalThis.indexedDB, nodeId);
}

/** Draws the page into `root`, and goes on from there. */
export async function start(root: HTMLElement): Promise<void> {
  const fragment = takeFragment(window);
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  const backend = createCryptoBackend({ subtle });
  const tools: ChannelTools = { sockets: browserSockets(), backend, clock: systemClock() };
  let worker: InstalledWorker | undefined;
  let home: Home | undefined;
  let isDue = false;
  const changed = () => {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      draw();
    });
  };
  const draw = () => {
    if (home === undefined) return;
    const view = home.view();
    document.documentElement.lang = view.language;
    render(<HomePage view={view} acts={home} />, root);
    if (home.isRead) dropDrafts(() => window.sessionStorage, pcs.facts());
  };

  const preferences = createPreferences(() => window.localStorage);
  const language = preferences.language ?? browserLanguage(navigator.languages);
  const store = createStoreDoor(() => void home?.load());
  // It opens while the texts are on their way.
  void store.open();
  const texts = await loadTexts(language);
  const pcs = new Pcs({
    connect: (record, options) =>
      connectSession({ tools, now: Date.now, random: Math.random }, record, options),
    keyOf: (key) => usableKey(key, backend, subtle),
    store: store.open,
    now: Date.now,
    openTab: () => openTab(window),
    forgotten: (nodeId) => void forgetRequests(nodeId),
    changed,
  });
  const place = browserPlace(window);
  home = new Home({
    pcs,
    now: Date.now,
    pair: async (request) => {
      const loaded = await import("./state/pairing-run.ts").catch(() => undefined);
      // It comes from the relay, as all of this page.
      if (loaded === undefined) return { kind: "failed", code: "relay_unreachable" };
      const newId = () => bytesToHex(backend.randomBytes(ID_BYTES));
      return loaded.runPairing({ tools, subtle, store: store.open, pcs, now: Date.now, newId }, request);
    },
    loadAdding: async () => (await import("./state/adding.ts")).Adding,
    language,
    texts,
    place: { ...place, reload: () => (worker === undefined ? place.reload() : worker.renew()) },
    preferences,
    history: (left) => createSceneHistory(window, left),
    store,
    changed,
  });
  draw();

  const awake = () => {
    if (document.hidden) return;
    pcs.wake();
    void home?.loadAgain();
    worker?.check();
    changed();
  };
  document.addEventListener("visibilitychange", awake);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) awake();
  });
  window.addEventListener("online", awake);
  window.addEventListener("offline", changed);
  window.addEventListener("hashchange", () => home?.opened(takeFragment(window)));
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    home?.installable(() => void (event as InstallOffer).prompt());
  });
  setInterval(changed, TICK_MS);

  await home.load();
  home.opened(fragment);
  worker = await installWorker(window, () => home?.outdated()).catch(() => undefined);
}
