/**
 * The tray app without its desktop: holds the one state, lets the node be kept, and renders icon, menu and windows after
 * every change. Everything it does to the world goes through the desktop's port, so that all of it runs in a test.
 */

import { MAX_ACTIVITY_ENTRIES } from "../core/activity/activity-log.ts";
import type { Clock } from "../core/clock.ts";
import type { NodeCore } from "../core/node-core.ts";
import type { CoreEvent } from "../core/node-event.ts";
import { SecretsError } from "../core/secrets/secret-store.ts";
import type { ActivityView, RequestDetails } from "../windows/contract/activity-view.ts";
import type { WindowViews } from "../windows/contract/bridge.ts";
import type { WindowName } from "../windows/contract/command-names.ts";
import type { PairedView } from "../windows/contract/pairing-view.ts";
import type { SettingsSection } from "../windows/contract/settings-sections.ts";
import type { AboutView } from "../windows/contract/settings-view.ts";
import type { AppView, Language } from "../windows/contract/status-view.ts";
import { ActivityFeed } from "./activity-feed.ts";
import type { DesktopPort } from "./app-ports.ts";
import { type AppEvent, type AppState, firstState, nextAppState } from "./app-state.ts";
import { menuModel } from "./menu-model.ts";
import { newerVersion } from "./newer-version.ts";
import { announcementOf } from "./news.ts";
import type { NodeFacts } from "./node-facts.ts";
import { NodeKeeper, type NodeKeeperOptions } from "./node-keeper.ts";
import type { SettingKey } from "./settings/tray-settings.ts";
import { standing } from "./standing.ts";
import { tooltip } from "./status-words.ts";
import { chooseLanguage, textsIn } from "./texts/choose-texts.ts";
import type { TrayTexts } from "./texts/texts.ts";
import type { TrayCommand } from "./tray-command.ts";
import { capturedSides } from "./views/captured-sides.ts";
import { pairingView } from "./views/pairing-view.ts";
import { settingsView } from "./views/settings-view.ts";

export interface TrayAppOptions {
  readonly keeper: Omit<NodeKeeperOptions, "changed" | "heard" | "fault">;
  readonly desktop: DesktopPort;
  readonly platform: AppView["platform"];
  readonly about: Omit<AboutView, "nodeId" | "newerVersion">;
  /** For the log. */
  readonly fault: (error: unknown) => void;
  /** Started by the system at login: no window opens. */
  readonly isQuiet: boolean;
}

/** How long a link or code lives; the core's own default, for the ring. */
const OFFER_TTL_MS = 120_000;
const MAX_PAIRED_SHOWN = 8;
const UPDATE_CHECK_MS = 24 * 60 * 60 * 1000;
/** So that no relay can flood the owner's screen. */
const MAX_NEWS_PER_MINUTE = 12;
/** A keychain that asks its owner takes its time; a window says so meanwhile. */
const SLOW_START_MS = 800;
/** Sentences hold times of day, and "last seen" grows old. */
const TICK_MS = 60_000;

export class TrayApp {
  readonly keeper: NodeKeeper;
  readonly desktop: DesktopPort;
  private readonly options: TrayAppOptions;
  private readonly clock: Clock;
  private readonly feed: ActivityFeed;
  private readonly asked = new Map<number, number>();
  private state: AppState;
  private paired: readonly PairedView[] = [];
  private section: SettingsSection = "relay";
  /** The owner was led to the settings, and not yet from there to the code. */
  private isLed = false;
  private captures = false;
  private newsThisMinute = 0;
  private cancelTimers: (() => void)[] = [];

  constructor(options: TrayAppOptions) {
    this.options = options;
    this.desktop = options.desktop;
    this.clock = options.keeper.clock;
    this.state = firstState(this.clock.now());
    this.feed = new ActivityFeed({
      clock: this.clock,
      deviceName: (device) => this.deviceName(device),
      push: (changes) => this.desktop.push("activity", changes),
    });
    this.keeper = new NodeKeeper({
      ...options.keeper,
      changed: (event) => this.dispatch(event),
      heard: (event) => this.heard(event),
      fault: options.fault,
    });
  }

  get current(): AppState {
    return this.state;
  }

  get facts(): NodeFacts | undefined {
    return "node" in this.state ? this.state.node : undefined;
  }

  get texts(): TrayTexts {
    return textsIn(this.language);
  }

  /** Where the local API is; for copying. */
  get apiOrigin(): string {
    return this.facts?.apiAddress ?? "";
  }

  async start(): Promise<void> {
    this.render();
    this.every(TICK_MS, () => {
      this.newsThisMinute = 0;
      // Sessions end and devices are seen without an event of their own.
      this.keeper.refresh();
      this.render();
    });
    this.dispatch({ kind: "starts_at_login", on: await this.desktop.startsAtLogin() });
    const cancel = this.options.isQuiet
      ? () => undefined
      : this.clock.after(SLOW_START_MS, () => this.openPairing());
    await this.keeper.start();
    cancel();
    // Without a relay there is no code to show, and the settings are open.
    if (!this.options.isQuiet && this.state.kind !== "no_relay") this.openPairing();
    if (this.keeper.settings?.values.checkForUpdates) void this.lookForUpdate();
    this.every(UPDATE_CHECK_MS, () => {
      if (this.keeper.settings?.values.checkForUpdates) void this.lookForUpdate();
    });
  }

  /** Stops the node. Activity ends with it. */
  async stop(): Promise<void> {
    for (const cancel of this.cancelTimers) cancel();
    this.feed.follow(undefined);
    await this.keeper.stop();
  }

  /** The one way in for changes: state, then everything that shows it. */
  dispatch(event: AppEvent): void {
    this.state = nextAppState(this.state, event, this.clock.now());
    if (event.kind === "running")
      this.feed.follow(this.desktop.isOpen("activity") ? this.node?.activity : undefined);
    if (event.kind === "no_relay" && !this.isLed && !this.options.isQuiet) {
      this.isLed = true;
      this.openSettings("relay");
    }
    if (this.isLed && this.facts?.link !== undefined) {
      this.isLed = false;
      this.openPairing();
    }
    this.render();
  }

  /** What the menu asks for. Never rejects. */
  async perform(command: TrayCommand): Promise<void> {
    try {
      await this.carryOut(command);
    } catch (error) {
      if (!(error instanceof SecretsError)) this.fault(error);
      const { notDone, notDoneBody } = this.texts.dialog;
      this.desktop.tell(notDone, notDoneBody);
    }
  }

  /** What a window shows now. */
  view<Name extends WindowName>(name: Name): WindowViews[Name] {
    const views: { readonly [Key in WindowName]: () => WindowViews[Key] } = {
      pairing: () => this.pairing(),
      activity: () => this.activity(),
      settings: () => this.settings(),
    };
    return views[name]();
  }

  windowClosed(name: WindowName): void {
    if (name === "pairing") this.paired = [];
    if (name === "activity") this.feed.follow(undefined);
  }

  openPairing(): void {
    this.desktop.openWindow("pairing", this.texts.windows.pairing);
  }

  openSettings(section: SettingsSection): void {
    this.section = section;
    const wasOpen = this.desktop.isOpen("settings");
    this.desktop.openWindow("settings", this.texts.windows.settings);
    if (wasOpen) this.desktop.push("settings", this.settings());
  }

  openActivity(): void {
    this.desktop.openWindow("activity", this.texts.windows.activity);
    this.feed.follow(this.node?.activity);
  }

  /** Keeps headers and bodies from now on, until this app ends; or no more, and forgets what it has. */
  setCapture(on: boolean): void {
    this.captures = on;
    this.node?.activity.captures.turn(on);
    this.showActivity();
  }

  /** The list as a whole, again. */
  showActivity(): void {
    this.desktop.push("activity", this.activity());
  }

  sleeps(): void {
    this.node?.sleep();
  }

  wakes(): void {
    if (this.state.kind === "blocked") void this.keeper.start();
    else if (this.state.kind !== "paused") this.node?.wake();
  }

  screen(locked: boolean): void {
    this.dispatch({ kind: "screen", locked });
    if (!locked) this.wakes();
  }

  /** Throws a device out, without a question: whoever asks has asked. False when there is none. */
  revoke(device: string): boolean {
    const { node } = this;
    if (node === undefined) return false;
    const { removed, stored } = node.revoke(device);
    stored.catch((error: unknown) => this.dispatch({ kind: "core", event: { kind: "store_failed", error } }));
    this.paired = this.paired.filter((one) => one.device !== device);
    this.keeper.refresh();
    return removed.length > 0;
  }

  undoPairing(device: string): boolean {
    const name = this.node?.devices.get(device)?.name;
    if (!this.revoke(device) || name === undefined) return false;
    const { undone, undoneBody } = this.texts.notify;
    this.desktop.announce({ title: undone(name), body: undoneBody });
    return true;
  }

  dismissPaired(device: string): void {
    this.paired = this.paired.filter((one) => one.device !== device);
    this.render();
  }

  revokeSession(session: string): boolean {
    const { node } = this;
    if (node?.plaintext.list().some(({ id }) => id === session) !== true) return false;
    node.revokePlaintext(session);
    this.keeper.refresh();
    return true;
  }

  /** Throws everybody out, without a question. @throws {SecretsError} when that does not outlive this process */
  async revokeAll(): Promise<void> {
    const all = this.node?.revokeAll();
    this.paired = [];
    this.keeper.refresh();
    await all?.stored;
  }

  async setStartsAtLogin(on: boolean): Promise<void> {
    await this.desktop.setStartsAtLogin(on);
    this.dispatch({ kind: "starts_at_login", on: await this.desktop.startsAtLogin() });
  }

  settingsChanged(key: SettingKey): void {
    if (key === "checkForUpdates" && this.keeper.settings?.values.checkForUpdates) void this.lookForUpdate();
    this.render();
  }

  /** A newer version, undefined when this is the newest; `unknown` when nobody could say. */
  async lookForUpdate(): Promise<string | "unknown" | undefined> {
    const newest = await this.desktop.newestVersion();
    if (newest === undefined) return "unknown";
    const newer = newerVersion(newest, this.options.about.version);
    if (newer !== undefined) this.dispatch({ kind: "update_available", version: newer });
    return newer;
  }

  /** Undefined when the list does not hold it any more. */
  details(node: NodeCore, id: number): RequestDetails | undefined {
    const entry = node.activity.list(Number.MAX_SAFE_INTEGER).find((one) => one.id === id);
    return entry && { row: this.feed.row(entry), ...capturedSides(node.activity.captures.get(id)) };
  }

  fault(error: unknown): void {
    this.options.fault(error);
  }

  private get node(): NodeCore | undefined {
    return this.keeper.node;
  }

  private get language(): Language {
    return chooseLanguage(this.keeper.settings?.values.language ?? "system", this.desktop.systemLanguages());
  }

  private heard(event: CoreEvent): void {
    if (event.kind === "question") {
      this.asked.set(event.question.id, this.clock.now());
      this.openPairing();
    }
    if (event.kind === "question_closed") this.asked.delete(event.id);
    if (event.kind === "paired") {
      const { id, name } = event.device;
      const paired = { device: id, name, checkNumber: event.checkNumber };
      this.paired = [paired, ...this.paired].slice(0, MAX_PAIRED_SHOWN);
    }
    const news = announcementOf(event, this.texts.notify);
    if (news === undefined || this.newsThisMinute >= MAX_NEWS_PER_MINUTE) return;
    this.newsThisMinute += 1;
    const { undo, opens, ...announcement } = news;
    this.desktop.announce({
      ...announcement,
      ...(undo !== undefined && {
        action: { label: this.texts.notify.undo, run: () => void this.undoPairing(undo) },
      }),
      clicked: () => (opens === "pairing" ? this.openPairing() : this.openSettings("devices")),
    });
  }

  private async carryOut(command: TrayCommand): Promise<void> {
    const { desktop, keeper, texts } = this;
    switch (command.name) {
      case "show_code":
        return this.openPairing();
      case "copy_link": {
        const link = this.facts?.link;
        const { linkCopied, linkCopiedBody, nothingToCopy, nothingToCopyBody } = texts.notify;
        if (link === undefined) return desktop.announce({ title: nothingToCopy, body: nothingToCopyBody });
        desktop.copy(link);
        return desktop.announce({ title: linkCopied, body: linkCopiedBody });
      }
      case "open_activity":
        return this.openActivity();
      case "open_settings":
        return this.openSettings(command.section ?? "relay");
      case "try_now":
        return keeper.tryNow();
      case "set_read_only":
        await this.node?.setReadOnly(command.device, command.on);
        return keeper.refresh();
      case "revoke": {
        const name = this.node?.devices.get(command.device)?.name;
        if (name === undefined) return;
        const { dialog } = texts;
        const sure = await desktop.ask({
          title: dialog.revoke(name),
          body: dialog.revokeBody,
          confirm: dialog.revokeButton(name),
          cancel: dialog.cancel,
        });
        if (sure) this.revoke(command.device);
        return;
      }
      case "revoke_session":
        this.revokeSession(command.session);
        return;
      case "revoke_all": {
        const count = (this.facts?.devices.length ?? 0) + (this.facts?.plaintext.length ?? 0);
        const { dialog } = texts;
        const sure = await desktop.ask({
          title: dialog.revokeAll(count),
          body: dialog.revokeAllBody,
          confirm: dialog.revokeAllButton(count),
          cancel: dialog.cancel,
        });
        if (sure) await this.revokeAll();
        return;
      }
      case "pause":
        return keeper.pause();
      case "resume":
        return keeper.resume();
      case "set_start_at_login":
        return this.setStartsAtLogin(command.on);
      case "open_logs":
        return desktop.openLogs();
      case "check_for_update":
        if ((await this.lookForUpdate()) === undefined) this.openSettings("about");
        return;
      case "open_release_page":
        return desktop.openReleases();
      case "quit":
        return desktop.quit();
    }
  }

  private render(): void {
    const words = { texts: this.texts, now: this.clock.now() };
    this.desktop.render({
      mark: standing(this.state).mark,
      tooltip: tooltip(this.state, words),
      menu: menuModel(this.state, { ...words, version: this.options.about.version }),
    });
    if (this.desktop.isOpen("pairing")) this.desktop.push("pairing", this.pairing());
    if (this.desktop.isOpen("settings")) this.desktop.push("settings", this.settings());
  }

  private app(): AppView {
    return { language: this.language, platform: this.options.platform, now: this.clock.now() };
  }

  private words() {
    return { texts: this.texts, now: this.clock.now(), app: this.app() };
  }

  private pairing() {
    return pairingView(this.state, {
      ...this.words(),
      machineName: this.options.keeper.machineName,
      ttlMs: OFFER_TTL_MS,
      asked: this.asked,
      paired: this.paired,
    });
  }

  private settings() {
    return settingsView(this.state, {
      ...this.words(),
      section: this.section,
      settings: this.keeper.settings,
      node: this.node,
      about: this.options.about,
    });
  }

  private activity(): ActivityView {
    const log = this.node?.activity;
    return {
      ...this.app(),
      kind: "whole",
      capture: this.captures,
      capacity: MAX_ACTIVITY_ENTRIES,
      rows: this.feed.rows(log),
    };
  }

  private deviceName(device: string): string {
    const [kind, session] = device.split(":");
    if (kind !== "plaintext") return this.node?.devices.get(device)?.name ?? device;
    return this.node?.plaintext.list().find(({ id }) => id === session)?.peer || device;
  }

  private every(ms: number, run: () => void): void {
    let cancel = this.clock.after(ms, tick);
    this.cancelTimers.push(() => cancel());
    const again = () => {
      cancel = this.clock.after(ms, tick);
    };
    function tick(): void {
      again();
      run();
    }
  }
}
