/**
 * The page's state, and what each tap does to it: the list of PCs is one part (`Pcs`), the scene the other. It draws
 * nothing; after every change there is a new view. An offer that was opened, scanned or typed stays here and goes to the
 * network only after a tap.
 */
import { StorageError } from "../../keys/database.ts";
import { MAX_LABEL_LENGTH } from "../../keys/pairing-store.ts";
import type { Language } from "../texts/language.ts";
import { loadTexts, type Texts } from "../texts/texts.ts";
import type { HomeActs } from "../view/home-acts.ts";
import type { HomeView, Notice, PairTroubleView, Scene } from "../view/home-view.ts";
import { pairTroubleOf } from "../view/pair-trouble.ts";
import { pcView } from "../view/pc-view.ts";
import type { PairingOutcome, PairingRequest } from "./pairing-run.ts";
import type { Pcs } from "./pcs.ts";
import type { Preferences } from "./preferences.ts";
import { isLinkFragment, type Offer, readOffer } from "./read-offer.ts";
import type { SceneHistory } from "./scene-history.ts";

/** What this page is and may. */
export interface Place {
  /** Where this page came from, which is where the relay is. */
  readonly relay: string;
  readonly isSecure: boolean;
  readonly scanner: "ready" | "insecure" | "absent";
  readonly deviceName: (texts: Texts) => string;
  readonly isOnline: () => boolean;
  readonly go: (url: string) => void;
  readonly reload: () => void;
  /** Asks the browser to keep what is stored. */
  readonly persist: () => void;
}

export interface HomeOptions {
  readonly pcs: Pcs;
  readonly now: () => number;
  /** Loads what pairing needs, and pairs. Rejects when that could not be loaded. */
  readonly pair: (request: PairingRequest) => Promise<PairingOutcome>;
  readonly place: Place;
  readonly preferences: Preferences;
  readonly history: (left: () => void) => SceneHistory;
  /** Why nothing can be kept; undefined where it can. */
  readonly notKept: StorageError["code"] | undefined;
  /** The language in force at the start, and its texts. */
  readonly language: Language;
  readonly texts: Texts;
  readonly changed: () => void;
}

export class Home implements HomeActs {
  private readonly options: HomeOptions;
  private readonly history: SceneHistory;
  private scene: Scene = { at: "list" };
  private offer: Offer | undefined;
  private pairing: AbortController | undefined;
  private notKept: StorageError["code"] | undefined;
  private isLoaded = false;
  private isOutdated = false;
  private installer: (() => void) | undefined;
  private language: Language;
  private texts: Texts;

  constructor(options: HomeOptions) {
    this.options = options;
    this.language = options.language;
    this.texts = options.texts;
    this.notKept = options.notKept;
    this.history = options.history(() => this.left());
  }

  /** Reads what is stored, and connects. */
  async load(): Promise<void> {
    try {
      await this.options.pcs.load();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.notKept = error.code;
    }
    this.isLoaded = true;
    this.options.changed();
  }

  view(): HomeView {
    const { pcs, place, now } = this.options;
    const { language, texts } = this;
    const facts = pcs.facts();
    const known = { texts, now: now(), isOnline: place.isOnline(), isSecure: place.isSecure };
    return {
      language,
      texts,
      pcs: this.isLoaded || facts.length > 0 ? facts.map((pc) => pcView(pc, known)) : undefined,
      scene: this.scene,
      notices: this.notices(),
      relayHost: new URL(place.relay).host,
      canInstall: this.installer !== undefined,
    };
  }

  /** The page was opened with a fragment, which is out of the address bar by now. */
  opened(fragment: string): void {
    if (isLinkFragment(fragment)) this.take(readOffer(fragment, this.options.place.relay));
  }

  /** The browser offers to install the page. */
  installable(install: () => void): void {
    this.installer = install;
    this.options.changed();
  }

  install(): void {
    this.installer?.();
    this.installer = undefined;
    this.options.changed();
  }

  add(): void {
    this.show({ at: "add", scanner: this.options.place.scanner });
  }

  scan(): void {
    this.show({ at: "scan" });
  }

  type(): void {
    this.show({ at: "code", deviceName: this.deviceName });
  }

  back(): void {
    this.history.back();
  }

  scanned(text: string): boolean {
    const offer = readOffer(text, this.options.place.relay);
    // A damaged or old code of ours is worth a word; anything else on the table is not.
    if (offer.kind === "none" && offer.trouble === "no_code") return false;
    this.take(offer);
    return true;
  }

  submitCode(text: string, deviceName: string): void {
    const offer = readOffer(text, this.options.place.relay);
    if (offer.kind !== "none") {
      this.offer = offer;
      if (offer.kind === "offer") this.addOffered(deviceName);
      else this.take(offer);
      return;
    }
    this.show({ at: "code", deviceName, trouble: { trouble: offer.trouble, code: offer.code } });
  }

  addOffered(deviceName: string): void {
    const { offer } = this;
    if (offer?.kind !== "offer" || this.pairing !== undefined) return;
    const name = deviceName.trim() || this.deviceName;
    this.options.preferences.setDeviceName(name);
    void this.pair(offer, name);
  }

  goElsewhere(): void {
    if (this.offer?.kind === "elsewhere") this.options.place.go(this.offer.link);
  }

  cancelPairing(): void {
    this.back();
  }

  differs(id: string): void {
    void this.forget(id);
  }

  showPc(id: string): void {
    this.show({ at: "pc", id, deviceName: this.deviceName });
  }

  showRequests(id: string): void {
    this.show({ at: "requests", id });
  }

  openApp(id: string): void {
    void this.options.pcs.openApp(id);
  }

  tryNow(): void {
    this.options.pcs.wake();
  }

  rename(id: string, label: string): Promise<boolean> {
    return stored(this.options.pcs.rename(id, label.trim().slice(0, MAX_LABEL_LENGTH)));
  }

  renameDevice(id: string, name: string): boolean {
    const trimmed = name.trim();
    if (trimmed === "" || !this.options.pcs.renameDevice(id, trimmed)) return false;
    this.options.preferences.setDeviceName(trimmed);
    return true;
  }

  async forget(id: string): Promise<boolean> {
    const isForgotten = await stored(this.options.pcs.forget(id));
    if (isForgotten && "id" in this.scene && this.scene.id === id) this.back();
    return isForgotten;
  }

  session(id: string) {
    return this.options.pcs.session(id);
  }

  setLanguage(language: Language): void {
    loadTexts(language).then(
      (texts) => {
        this.options.preferences.setLanguage(language);
        this.language = language;
        this.texts = texts;
        this.options.changed();
      },
      // The page stays in its language, and the choice shows that.
      () => this.options.changed(),
    );
  }

  reload(): void {
    this.options.place.reload();
  }

  /** The relay has a newer page. */
  outdated(): void {
    this.isOutdated = true;
    this.options.changed();
  }

  private get deviceName(): string {
    const { preferences, place } = this.options;
    return preferences.deviceName ?? place.deviceName(this.texts);
  }

  private show(scene: Scene): void {
    this.scene = scene;
    if (scene.at !== "list") this.history.opened();
    this.options.changed();
  }

  /** The browser went back to the list. */
  private left(): void {
    this.pairing?.abort();
    this.pairing = undefined;
    this.offer = undefined;
    this.scene = { at: "list" };
    this.options.changed();
  }

  private take(offer: Offer): void {
    // A pairing that is under way is not left for a link that somebody makes this page open.
    if (this.pairing !== undefined) return;
    this.offer = offer;
    switch (offer.kind) {
      case "none":
        this.fail({ trouble: offer.trouble, code: offer.code });
        return;
      case "elsewhere":
        this.show({ at: "elsewhere", host: offer.host });
        return;
      case "offer":
        this.ask(offer);
    }
  }

  private ask({ nodeId }: Extract<Offer, { kind: "offer" }>): void {
    const known = nodeId === undefined ? undefined : this.options.pcs.findByNode(nodeId);
    this.show({
      at: "question",
      deviceName: this.deviceName,
      isKept: this.notKept === undefined,
      ...(known !== undefined && { knownAs: known.label ?? known.record.nodeName }),
    });
  }

  private async pair(offer: Extract<Offer, { kind: "offer" }>, deviceName: string): Promise<void> {
    const abort = new AbortController();
    this.pairing = abort;
    this.show({ at: "pairing" });
    const outcome = await this.options.pair({
      text: offer.text,
      relay: this.options.place.relay,
      deviceName,
      mayBeLost: this.notKept !== undefined,
      signal: abort.signal,
      checking: (checkNumber, pcName) => {
        if (this.pairing === abort) this.show({ at: "pairing", checkNumber, pcName });
      },
    });
    // Its user has gone elsewhere meanwhile.
    if (this.pairing !== abort) return;
    this.pairing = undefined;
    switch (outcome.kind) {
      case "paired": {
        const { id, checkNumber, isKept } = outcome;
        if (isKept) this.options.place.persist();
        this.show({ at: "paired", id, checkNumber, isKept });
        return;
      }
      case "not_kept":
        // Nothing was sent: the offer is as good as before, and the question is asked again with what is known now.
        this.notKept = outcome.why;
        this.ask(offer);
        return;
      case "failed": {
        const { code, detail } = outcome;
        const trouble = pairTroubleOf(code, this.options.place.isOnline());
        this.fail({ trouble, code: detail === undefined ? code : `${code} ${detail}` });
        return;
      }
      case "cancelled":
        this.back();
    }
  }

  private fail(trouble: PairTroubleView): void {
    this.show({ at: "failed", trouble });
  }

  private notices(): Notice[] {
    const { place, pcs } = this.options;
    return [
      ...(place.isSecure ? [] : [{ kind: "plain_http" } as const]),
      ...(this.notKept === undefined ? [] : [{ kind: "not_kept", why: this.notKept } as const]),
      ...(pcs.damaged === 0 ? [] : [{ kind: "damaged", count: pcs.damaged } as const]),
      ...(this.isOutdated ? [{ kind: "outdated" } as const] : []),
    ];
  }
}

async function stored(change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (error instanceof StorageError) return false;
    throw error;
  }
}
