/**
 * The page's state, and what each tap does to it, put together from its parts: the PCs, the scene, the adding of a PC,
 * the storage and the language. It draws nothing; after every change there is a new view.
 */
import { MAX_LABEL_LENGTH } from "../../keys/pairing-store.ts";
import type { Language } from "../texts/language.ts";
import type { Texts } from "../texts/texts.ts";
import type { HomeActs } from "../view/home-acts.ts";
import type { HomeView, Notice } from "../view/home-view.ts";
import { pcView } from "../view/pc-view.ts";
import type { Adding, AddingOptions } from "./adding.ts";
import type { Place } from "./browser-place.ts";
import { ChosenLanguage } from "./chosen-language.ts";
import { isStored, Keeping } from "./keeping.ts";
import type { Pcs } from "./pcs.ts";
import type { Preferences } from "./preferences.ts";
import type { SceneHistory } from "./scene-history.ts";
import { Scenes } from "./scenes.ts";
import type { StoreDoor } from "./store-door.ts";

export interface HomeOptions {
  readonly pcs: Pcs;
  readonly now: () => number;
  readonly pair: AddingOptions["pair"];
  /** Loads what adding needs: most visits add nothing. */
  readonly loadAdding: () => Promise<new (options: AddingOptions) => Adding>;
  readonly place: Place;
  readonly preferences: Preferences;
  readonly history: (left: () => void) => SceneHistory;
  readonly store: Pick<StoreDoor, "retry">;
  /** The language in force at the start, and its texts. */
  readonly language: Language;
  readonly texts: Texts;
  readonly changed: () => void;
}

export class Home implements HomeActs {
  private readonly options: HomeOptions;
  private readonly speech: ChosenLanguage;
  private readonly keeping: Keeping;
  private readonly scenes: Scenes;
  private adding: Adding | undefined;
  private isOutdated = false;
  private installer: (() => void) | undefined;

  constructor(options: HomeOptions) {
    const { pcs, history, store, changed } = options;
    this.options = options;
    this.speech = new ChosenLanguage(options, changed);
    this.keeping = new Keeping({ read: () => pcs.load(), retry: () => store.retry(), changed });
    this.scenes = new Scenes({ history, left: () => this.adding?.left(), changed });
  }

  /** Reads what is stored, and connects. */
  load(): Promise<void> {
    return this.keeping.load();
  }

  loadAgain(): Promise<void> {
    return this.keeping.loadAgain();
  }

  /** All PCs of this browser are known. */
  get isRead(): boolean {
    return this.keeping.isSettled && !this.keeping.isUnread;
  }

  view(): HomeView {
    const { pcs, place, now } = this.options;
    const { language, texts } = this.speech;
    const { isSettled, isUnread } = this.keeping;
    const facts = pcs.facts();
    const known = { texts, now: now(), isOnline: place.isOnline(), isSecure: place.isSecure };
    return {
      language,
      texts,
      pcs: isSettled || facts.length > 0 ? facts.map((pc) => pcView(pc, known)) : undefined,
      isUnread,
      scene: this.scenes.current,
      notices: this.notices(),
      relayHost: new URL(place.relay).host,
      canInstall: this.installer !== undefined,
    };
  }

  /** The page was opened with a fragment, which is out of the address bar by now. */
  opened(fragment: string): void {
    if (fragment !== "") void this.withAdding((adding) => adding.opened(fragment));
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
    this.scenes.show({ at: "add", scanner: this.options.place.scanner });
  }

  scan(): void {
    this.scenes.show({ at: "scan" });
  }

  type(): void {
    this.scenes.show({ at: "code", deviceName: this.deviceName });
  }

  back(): void {
    this.scenes.back();
  }

  async scanned(text: string): Promise<boolean> {
    return (await this.withAdding((adding) => adding.scanned(text))) ?? true;
  }

  submitCode(text: string, deviceName: string): void {
    void this.withAdding((adding) => adding.submitted(text, deviceName));
  }

  addOffered(deviceName: string): void {
    this.adding?.accepted(deviceName);
  }

  addAgain(): void {
    this.adding?.again();
  }

  goElsewhere(): void {
    this.adding?.goElsewhere();
  }

  cancelPairing(): void {
    this.back();
  }

  differs(id: string): void {
    void this.forget(id);
  }

  showPc(id: string): void {
    this.scenes.show({ at: "pc", id, deviceName: this.deviceName });
  }

  showRequests(id: string): void {
    this.scenes.show({ at: "requests", id });
  }

  openApp(id: string): void {
    void this.options.pcs.openApp(id);
  }

  tryNow(): void {
    this.options.pcs.wake();
  }

  rename(id: string, label: string): Promise<boolean> {
    return isStored(this.options.pcs.rename(id, label.trim().slice(0, MAX_LABEL_LENGTH)));
  }

  renameDevice(id: string, name: string): boolean {
    const trimmed = name.trim();
    if (trimmed === "" || !this.options.pcs.renameDevice(id, trimmed)) return false;
    this.options.preferences.setDeviceName(trimmed);
    return true;
  }

  async forget(id: string): Promise<boolean> {
    const isForgotten = await isStored(this.options.pcs.forget(id));
    const { current } = this.scenes;
    if (isForgotten && "id" in current && current.id === id) this.back();
    return isForgotten;
  }

  session(id: string) {
    return this.options.pcs.session(id);
  }

  setLanguage(language: Language): void {
    void this.speech.choose(language).then((isSpoken) => {
      if (isSpoken) this.options.preferences.setLanguage(language);
    });
  }

  readAgain(): void {
    void this.loadAgain();
  }

  reload(): void {
    this.options.place.reload();
  }

  /** The relay has a newer page. */
  outdated(): void {
    this.isOutdated = true;
    this.options.changed();
  }

  /** Undefined when what adding needs did not come; the page says so then. */
  private async withAdding<Result>(act: (adding: Adding) => Result): Promise<Result | undefined> {
    const { pcs, place, pair, preferences, loadAdding } = this.options;
    const loaded = this.adding === undefined ? await loadAdding().catch(() => undefined) : undefined;
    if (loaded !== undefined) {
      this.adding ??= new loaded({
        pcs,
        place,
        pair,
        deviceName: () => this.deviceName,
        named: (name) => preferences.setDeviceName(name),
        notKept: () => this.keeping.notKept,
        refused: (why) => this.keeping.refused(why),
        show: (scene) => this.scenes.show(scene),
        back: () => this.back(),
      });
    }
    if (this.adding !== undefined) return act(this.adding);
    const trouble = { trouble: "relay_unreachable", code: "relay_unreachable" } as const;
    this.scenes.show({ at: "failed", trouble, isUnspent: false });
    return undefined;
  }

  private get deviceName(): string {
    const { preferences, place } = this.options;
    return preferences.deviceName ?? place.deviceName(this.speech.texts);
  }

  private notices(): Notice[] {
    const { place, pcs } = this.options;
    const { notKept, isUnread } = this.keeping;
    // Then the list says it in its own place.
    const isToldThere = isUnread && pcs.facts().length === 0;
    return [
      ...(place.isSecure ? [] : [{ kind: "plain_http" } as const]),
      ...(notKept === undefined || isToldThere ? [] : [{ kind: "not_kept", why: notKept } as const]),
      ...(pcs.damaged === 0 ? [] : [{ kind: "damaged", count: pcs.damaged } as const]),
      ...(this.isOutdated ? [{ kind: "outdated" } as const] : []),
    ];
  }
}
