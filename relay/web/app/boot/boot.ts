/**
 * The page that stands where an app's is not yet: it lets this origin in if it was sent here for that, installs the
 * worker, and goes to the app. Where it cannot, it says why and what to do. A link's secret leaves the address bar
 * before anything else happens.
 */
import { RelayError } from "#shared/client/relay-error.ts";
import { parsePairingLink } from "#shared/protocol/pairing-link.ts";
import { StorageError } from "../../keys/storage-error.ts";
import { MARK } from "../calls/messages.ts";
import { pcOfOrigin } from "../rewrite/pc-of-origin.ts";
import { textsFor } from "../texts/texts.ts";
import { Memory, type Remembered } from "../worker/remembered.ts";
import { clearStorage, shutOthers } from "./clear-origin.ts";
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

/** Of the PC whose own origin this is; undefined where one origin serves all of them. */
const ownNode = pcOfOrigin(location.host);

/** The relay's own page, where the PC is in the list; undefined where only the relay knows that. */
function homeChoice(): Choice[] {
  if (ownNode === undefined) return [];
  return [{ text: texts.home, href: `${location.protocol}//${location.host.slice(ownNode.length + 1)}/` }];
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
  const step = offer === undefined ? "nothing" : await nextStep(offer, remembered, memory);
  if (step === "others open") {
    show.standing(texts.othersOpen, texts.othersOpenAdvice, []);
    return;
  }
  if (offer !== undefined && step === "enrol") {
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

/**
 * An offer of another PC than the one whose origin this is comes from no page of ours: it is not looked at. Where one
 * origin serves all, the app that is here has to go first, with everything that it stored, if its user says so. An app
 * that hides its pairing is cleared all the same.
 */
async function nextStep(
  offer: string,
  { pairing }: Remembered,
  memory: Memory,
): Promise<"enrol" | "nothing" | "others open"> {
  const node = parsePairingLink(offer)?.nodeId;
  if (node === undefined || (ownNode !== undefined && node !== ownNode)) return "nothing";
  const isSame = node === pairing?.record.nodeId;
  if (isSame && pairing?.record.status === "active") return "nothing";
  if (ownNode === undefined && !isSame) {
    if (pairing !== undefined) {
      const isAllowed = await show.asking(texts.otherPc(pairing.record.nodeName), texts.otherPcAdvice, {
        yes: texts.replace,
        no: texts.keep,
      });
      if (!isAllowed) return "nothing";
    }
    show.working(texts.pairing);
    // Before the pages go: they come back as boot pages, which must find nothing to open.
    await memory.clear();
    if (!(await shutOthers(await activeWorker()))) return "others open";
    await clearStorage();
  }
  await memory.clear();
  return "enrol";
}

/** Resolves when the worker answers requests. */
async function startWorker(): Promise<void> {
  (await activeWorker()).postMessage({ [MARK]: "paired" });
}

async function activeWorker(): Promise<ServiceWorker> {
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
  if (registration.active === null) throw new Error("the worker could not be installed");
  return registration.active;
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
  const [title, advice] = wordsFor(error);
  show.standing(title, advice, homeChoice());
});

function wordsFor(error: unknown): readonly [title: string, advice: string] {
  if (error instanceof StorageError) return [texts.noStorage, texts.noStorageAdvice];
  if (!(error instanceof RelayError)) return [texts.failed, ""];
  if (error.code === "devices_full") return [texts.noRoom, texts.noRoomAdvice];
  return [texts.failed, texts.failedAdvice(error.code)];
}
