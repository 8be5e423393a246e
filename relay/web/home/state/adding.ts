/**
 * Adding a PC: an offer that was opened, scanned or typed stays here, and goes to the network only after a tap. One at a
 * time: a pairing that is under way is left by its user alone.
 */
import type { ProblemCode } from "#shared/client/problem.ts";
import type { StorageError } from "../../keys/storage-error.ts";
import type { Scene } from "../view/home-view.ts";
import { pairTroubleOf } from "../view/pair-trouble.ts";
import type { Place } from "./browser-place.ts";
import type { PairingOutcome, PairingRequest } from "./pairing-run.ts";
import type { Pcs } from "./pcs.ts";
import { isLinkFragment, type Offer, readOffer } from "./read-offer.ts";

/** Nothing has reached the PC: what was offered is as good as before. */
const UNSPENT: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "relay_unreachable",
  "rate_limited",
  "relay_full",
  "node_offline",
  "node_sleeping",
]);

export interface AddingOptions {
  readonly pcs: Pick<Pcs, "findByNode">;
  readonly place: Place;
  /** Loads what pairing needs, and pairs. */
  readonly pair: (request: PairingRequest) => Promise<PairingOutcome>;
  /** What this device is called until its user says otherwise. */
  readonly deviceName: () => string;
  readonly named: (deviceName: string) => void;
  /** Why nothing can be kept; undefined where it can, as far as is known. */
  readonly notKept: () => StorageError["code"] | undefined;
  /** It came out that nothing can be kept. */
  readonly refused: (why: StorageError["code"]) => void;
  readonly show: (scene: Scene) => void;
  readonly back: () => void;
}

export class Adding {
  private readonly options: AddingOptions;
  private offer: Offer | undefined;
  private deviceName = "";
  private pairing: AbortController | undefined;

  constructor(options: AddingOptions) {
    this.options = options;
  }

  /** The page was opened with a fragment, which is out of the address bar by now. */
  opened(fragment: string): void {
    if (isLinkFragment(fragment)) this.take(readOffer(fragment, this.options.place.relay));
  }

  /** False for what is none of ours: the camera is to go on looking. */
  scanned(text: string): boolean {
    const offer = readOffer(text, this.options.place.relay);
    // A damaged or old code of ours is worth a word; anything else on the table is not.
    if (offer.kind === "none" && offer.trouble === "no_code") return false;
    this.take(offer);
    return true;
  }

  /** Typed, and sent off by a tap: that is the answer to the question, too. */
  submitted(text: string, deviceName: string): void {
    const offer = readOffer(text, this.options.place.relay);
    if (offer.kind === "none") {
      const { trouble, code } = offer;
      this.options.show({ at: "code", deviceName, trouble: { trouble, code } });
    } else if (offer.kind === "elsewhere") this.take(offer);
    else {
      this.offer = offer;
      this.accepted(deviceName);
    }
  }

  /** The answer to "Add this PC?". */
  accepted(deviceName: string): void {
    const { offer } = this;
    if (offer?.kind !== "offer" || this.pairing !== undefined) return;
    const name = deviceName.trim() || this.options.deviceName();
    this.options.named(name);
    this.deviceName = name;
    void this.pair(offer, name);
  }

  /** Once more with what was offered, which was not used up. */
  again(): void {
    this.accepted(this.deviceName);
  }

  /** Follows a link to the relay that it is for. */
  goElsewhere(): void {
    if (this.offer?.kind === "elsewhere") this.options.place.go(this.offer.link);
  }

  /** Its user has gone elsewhere. */
  left(): void {
    this.pairing?.abort();
    this.pairing = undefined;
    this.offer = undefined;
  }

  private take(offer: Offer): void {
    // A pairing that is under way is not left for a link that somebody makes this page open.
    if (this.pairing !== undefined) return;
    this.offer = offer;
    switch (offer.kind) {
      case "none":
        this.options.show({
          at: "failed",
          trouble: { trouble: offer.trouble, code: offer.code },
          isUnspent: false,
        });
        return;
      case "elsewhere":
        this.options.show({ at: "elsewhere", host: offer.host });
        return;
      case "offer":
        this.ask(offer);
    }
  }

  private ask({ nodeId }: Extract<Offer, { kind: "offer" }>): void {
    const { pcs, deviceName, notKept, show } = this.options;
    const known = nodeId === undefined ? undefined : pcs.findByNode(nodeId);
    show({
      at: "question",
      deviceName: deviceName(),
      isKept: notKept() === undefined,
      ...(known !== undefined && { knownAs: known.label ?? known.record.nodeName }),
    });
  }

  private async pair(offer: Extract<Offer, { kind: "offer" }>, deviceName: string): Promise<void> {
    const { place, pair, notKept, refused, show, back } = this.options;
    const abort = new AbortController();
    this.pairing = abort;
    show({ at: "pairing" });
    const outcome = await pair({
      text: offer.text,
      relay: place.relay,
      deviceName,
      mayBeLost: notKept() !== undefined,
      signal: abort.signal,
      checking: (checkNumber, pcName) => {
        if (this.pairing === abort) show({ at: "pairing", checkNumber, pcName });
      },
    });
    // Its user has gone elsewhere meanwhile.
    if (this.pairing !== abort) return;
    this.pairing = undefined;
    switch (outcome.kind) {
      case "paired": {
        const { id, checkNumber, isKept } = outcome;
        if (isKept) place.persist();
        show({ at: "paired", id, checkNumber, isKept });
        return;
      }
      case "not_kept":
        // Nothing was sent: the offer is as good as before, and the question is asked again with what is known now.
        refused(outcome.why);
        this.ask(offer);
        return;
      case "failed": {
        const { code, detail } = outcome;
        const trouble = pairTroubleOf(code, place.isOnline());
        const said = detail === undefined ? code : `${code} ${detail}`;
        show({ at: "failed", trouble: { trouble, code: said }, isUnspent: UNSPENT.has(code) });
        return;
      }
      case "cancelled":
        back();
    }
  }
}
