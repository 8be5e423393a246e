/**
 * Keeps what is on offer in sight without filling the screen: all of it with the QR code at first, after a device was
 * let in and when the owner asks; when codes change by themselves only those, in a line each. While a question waits
 * for its owner it stays the last thing on screen, and what is on offer comes after the answer.
 */
import type { NodeCore } from "../core/node-core.ts";
import { changedLines, offeredItems, offerLines, pausedLines, type QrStyle } from "./offer-lines.ts";
import type { ProgramNames } from "./program-names.ts";

export type OfferingNode = Pick<NodeCore, "offerView" | "pairingLink" | "relayOrigin">;

export interface OfferDisplayOptions {
  readonly print: (line: string) => void;
  /** With the time in front. */
  readonly log: (text: string) => void;
  readonly now: () => number;
  /** The node, once it has started. */
  readonly node: () => OfferingNode | undefined;
  /** True while a question waits. */
  readonly isHeld: () => boolean;
  readonly qr: QrStyle;
  readonly names: ProgramNames;
}

export interface OfferDisplay {
  /** Something on offer has changed, or may be shown now. */
  changed(): void;
  /** What was shown may have scrolled away: codes are told again. */
  forget(): void;
  /** Shows everything, once it is there. */
  showAll(): void;
}

/** Offers of all kinds change within one turn of the relay's answers. Milliseconds. */
export const SETTLE_MS = 100;

export function offerDisplay(options: OfferDisplayOptions): OfferDisplay {
  const { print, log, now, node, isHeld, qr, names } = options;
  let known: ReadonlySet<string> = new Set();
  let wantsAll = true;
  let toldPause = false;
  let waiting: NodeJS.Timeout | undefined;

  async function show(): Promise<void> {
    const current = node();
    if (current === undefined || isHeld()) return;
    const { offerView: view, pairingLink: link, relayOrigin: relay } = current;
    // Nothing is on offer while the relay is away, and a code that is not there yet will come.
    if (link === undefined || (view.typed === undefined && !view.typedIsPaused)) return;
    const offered = { view, link, relay, now: now(), qr, names, known };
    known = new Set(offeredItems(offered).map(({ text }) => text));
    const isNewPause = view.typedIsPaused && !toldPause;
    toldPause = view.typedIsPaused;
    if (wantsAll) {
      wantsAll = false;
      for (const line of await offerLines(offered)) print(line);
      return;
    }
    const [heading, ...codes] = changedLines(offered);
    if (heading !== undefined) log(heading);
    for (const line of codes) print(line);
    if (isNewPause) for (const line of pausedLines(names)) print(line);
  }

  function changed(): void {
    clearTimeout(waiting);
    // What cannot be shown is no reason to end the node. The error may quote a link, so only its name is told.
    const failed = (error: unknown) =>
      log(
        `what is on offer could not be shown: ${error instanceof Error ? error.name : "an internal error"}`,
      );
    waiting = setTimeout(() => void show().catch(failed), SETTLE_MS);
    waiting.unref();
  }

  return {
    changed,
    forget() {
      known = new Set();
    },
    showAll() {
      wantsAll = true;
      changed();
    },
  };
}
