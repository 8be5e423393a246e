/**
 * The page that stands where an app's is not yet: it lets this origin in if it was sent here for that, installs the
 * worker, and goes to the app. Where it cannot, it says why and what to do. A link's secret leaves the address bar
 * before anything else happens.
 */
import { RelayError } from "#shared/client/relay-error.ts";
import { parsePairingLink } from "#shared/protocol/pairing-link.ts";
import { StorageError } from "../../keys/database.ts";
import { MARK } from "../calls/messages.ts";
import { textsFor } from "../texts/texts.ts";
import { Memory, type Remembered } from "../worker/remembered.ts";
import { type Destination, destinationOf } from "./destination.ts";
import { enrol } from "./enrol.ts";
import { type Choice, showing } from "./showing.ts";

const WORKER = "/~ora/worker.js";
/** The page has come back without the worker so often: something is in its way. */
const MAX_TRIES = 3;
const TRIES = "~ora tries";

const destination = destinationOf(location);
if (!destination.isHere && location.hash !== "") history.replaceState(null, "", location.pathname);

const { boot: texts, language } = textsFor(navigator.languages);
document.documentElement.lang = language;
const show = showing(document);

/** The relay's own page, where the PC is in the list; undefined where only the relay knows that. */
function homeChoice(): Choice[] {
  const home = location.host.replace(/^[a-z2-7]{52}\./, "");
  return home === location.host ? [] : [{ text: texts.home, href: `${location.protocol}//${home}/` }];
}

async function run(): Promise<void> {
  show.working(texts.opening);
  if (navigator.serviceWorker === undefined) {
    show.standing(texts.noWorker, texts.noWorkerAdvice, homeChoice());
    return;
  }
  const memory = await Memory.open(globalThis.indexedDB);
  const remembered = await memory.read();
  const { offer } = destination;
  if (offer !== undefined && (await shallEnrol(offer, remembered, memory))) {
    show.working(texts.pairing);
    await enrol({ offer, relay: location.origin, name: "Web app", memory, subtle: globalThis.crypto.subtle });
  }
  const { pairing } = await memory.read();
  if (pairing === undefined) {
    show.standing(texts.notPaired, texts.notPairedAdvice, homeChoice());
  } else if (pairing.record.status === "revoked") {
    show.standing(texts.revoked(pairing.record.nodeName), texts.revokedAdvice, homeChoice());
  } else {
    show.working(texts.opening);
    await startWorker();
    leave(destination);
  }
}

/** An app of another PC that is here already has to go first, with everything it stored, if its user says so. */
async function shallEnrol(offer: string, { pairing }: Remembered, memory: Memory): Promise<boolean> {
  if (pairing === undefined) return true;
  const isSame = parsePairingLink(offer)?.nodeId === pairing.record.nodeId;
  if (isSame && pairing.record.status === "active") return false;
  if (!isSame) {
    const isAllowed = await show.asking(texts.otherPc(pairing.record.nodeName), texts.otherPcAdvice, {
      yes: texts.replace,
      no: texts.keep,
    });
    if (!isAllowed) return false;
    await clearOrigin();
  }
  await memory.clear();
  return true;
}

/** Everything that an app can have stored. Cookies are on the PC. */
async function clearOrigin(): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  for (const name of await caches.keys()) await caches.delete(name);
  for (const { name } of (await indexedDB.databases?.()) ?? []) {
    if (name !== undefined && name !== "~ora") indexedDB.deleteDatabase(name);
  }
}

/** Resolves when the worker answers requests. */
async function startWorker(): Promise<void> {
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register(WORKER, { scope: "/", updateViaCache: "none" });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (registration.active !== null) resolve();
      else if (worker?.state === "redundant") reject(new Error("the worker could not be installed"));
    };
    worker?.addEventListener("statechange", look);
    look();
  });
  registration.active?.postMessage({ [MARK]: "paired" });
}

function leave({ path, isHere }: Destination): void {
  const tries = Number(sessionStorage.getItem(TRIES) ?? 0) + 1;
  if (isHere && tries > MAX_TRIES) {
    sessionStorage.removeItem(TRIES);
    show.standing(texts.noWorker, texts.noWorkerAdvice, homeChoice());
    return;
  }
  sessionStorage.setItem(TRIES, isHere ? String(tries) : "0");
  // Another address is loaded; the same one with a fragment would only be scrolled in.
  if (isHere && path.includes("#")) location.reload();
  else location.replace(path);
}

run().catch((error: unknown) => {
  if (error instanceof StorageError) show.standing(texts.noStorage, texts.noStorageAdvice, homeChoice());
  else show.standing(texts.failed, error instanceof RelayError ? error.message : "", homeChoice());
});
