/**
 * The tray app without its desktop: holds the one state, lets the node be kept, and renders icon, menu and windows after
 * every change. Everything it does to the world goes through the desktop's port, so that all of it runs in a test.
 */

import type { Cancel, Clock } from "../core/clock.ts";
import type { NodeCore } from "../core/node-core.ts";
import type { WindowViews } from "../windows/contract/bridge.ts";
import type { WindowName } from "../windows/contract/command-names.ts";
import type { SettingsSection } from "../windows/contract/settings-sections.ts";
import type { AboutView, SettingsView } from "../windows/contract/settings-view.ts";
import type { AppView, Language } from "../windows/contract/status-view.ts";
import { ActivityDesk } from "./activity-desk.ts";
import type { DesktopPort } from "./app-ports.ts";
import { type AppEvent, type AppState, firstState, nextAppState } from "./app-state.ts";
import { Exits } from "./exits.ts";
import { menuModel } from "./menu-model.ts";
import type { NodeFacts } from "./node-facts.ts";
import { NodeKeeper, type NodeKeeperOptions } from "./node-keeper.ts";
import { repeat } from "./repeat.ts";
import type { SettingKey } from "./settings/tray-settings.ts";
import { standing } from "./standing.ts";
import { tooltip } from "./status-words.ts";
import { chooseLanguage, textsIn } from "./texts/choose-texts.ts";
import type { TrayTexts } from "./texts/texts.ts";
import { UPDATE_CHECK_MS, Updates } from "./updates.ts";
import { pairingView } from "./views/pairing-view.ts";
import { settingsView } from "./views/settings-view.ts";
import { Visitors } from "./visitors.ts";

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
/** A keychain that asks its owner takes its time; a window says so meanwhile. */
const SLOW_START_MS = 800;
/** The offer's own timer has this long to be first. */
const OVERDUE_MS = 2_000;
/** Sentences hold times of day, and "last seen" grows old. */
const TICK_MS = 60_000;

export class TrayApp {
  readonly keeper: NodeKeeper;
  readonly desktop: DesktopPort;
  readonly activity: ActivityDesk;
  readonly exits: Exits;
  readonly updates: Updates;
  private readonly options: TrayAppOptions;
  private readonly clock: Clock;
  private readonly visitors: Visitors;
  private state: AppState;
  private led: SettingsView["led"] = { section: "relay", times: 0 };
  /** The owner was led to the settings, and not yet from there to the code. */
  private isLed = false;
  private readonly timers: Cancel[] = [];

  constructor(options: TrayAppOptions) {
    this.options = options;
    this.desktop = options.desktop;
    this.clock = options.keeper.clock;
    this.state = firstState(this.clock.now());
    this.activity = new ActivityDesk({
      clock: this.clock,
      desktop: this.desktop,
      node: () => this.node,
      app: () => this.app(),
    });
    this.visitors = new Visitors({
      now: () => this.clock.now(),
      texts: () => this.texts,
      announce: (announcement) => this.desktop.announce(announcement),
      undo: (device) => void this.exits.undoPairing(device),
      open: (window) => (window === "pairing" ? this.openPairing() : this.openSettings("devices")),
    });
    this.exits = new Exits({
      node: () => this.node,
      texts: () => this.texts,
      desktop: this.desktop,
      visitors: this.visitors,
      dispatch: (event) => this.dispatch(event),
      changed: () => this.keeper.refresh(),
    });
    this.updates = new Updates({
      version: this.version,
      desktop: this.desktop,
      isWanted: () => this.keeper.settings?.values.checkForUpdates === true,
      found: (version) => this.dispatch({ kind: "update_available", version }),
    });
    this.keeper = new NodeKeeper({
      ...options.keeper,
      changed: (event) => this.dispatch(event),
      heard: (event) => this.visitors.heard(event),
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

  get version(): string {
    return this.options.about.version;
  }

  async start(): Promise<void> {
    this.render();
    const everyMinute = () => {
      this.visitors.minute();
      this.renewOffers();
      // Sessions end and devices are seen without an event of their own.
      this.keeper.refresh();
      this.render();
    };
    this.timers.push(
      repeat(this.clock, TICK_MS, everyMinute),
      repeat(this.clock, UPDATE_CHECK_MS, () => this.updates.lookIfWanted()),
    );
    this.dispatch({ kind: "starts_at_login", on: await this.startsAtLogin() });
    const cancel = this.options.isQuiet
      ? () => undefined
      : this.clock.after(SLOW_START_MS, () => this.openPairing());
    await this.keeper.start();
    cancel();
    // Without a relay there is no code to show, and the settings are open.
    if (!this.options.isQuiet && this.state.kind !== "no_relay") this.openPairing();
    this.updates.lookIfWanted();
  }

  /** Stops the node. Activity ends with it. */
  async stop(): Promise<void> {
    for (const cancel of this.timers) cancel();
    this.activity.end();
    await this.keeper.stop();
  }

  /** The one way in for changes: state, then everything that shows it. */
  dispatch(event: AppEvent): void {
    this.state = nextAppState(this.state, event, this.clock.now());
    if (event.kind === "running") this.activity.begin();
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

  /** What a window shows now. */
  view<Name extends WindowName>(name: Name): WindowViews[Name] {
    const { keeper, about } = this.options;
    const { asked, paired } = this.visitors;
    const words = { texts: this.texts, now: this.clock.now(), app: this.app() };
    const views: { readonly [Key in WindowName]: () => WindowViews[Key] } = {
      pairing: () =>
        pairingView(this.state, {
          ...words,
          machineName: keeper.machineName,
          ttlMs: OFFER_TTL_MS,
          asked,
          paired,
        }),
      activity: () => this.activity.view(),
      settings: () =>
        settingsView(this.state, {
          ...words,
          led: this.led,
          settings: this.keeper.settings,
          node: this.node,
          about,
        }),
    };
    return views[name]();
  }

  windowClosed(name: WindowName): void {
    if (name === "pairing") this.visitors.dismissAll();
    if (name === "activity") this.activity.rest();
  }

  openPairing(): void {
    this.desktop.openWindow("pairing", this.texts.windows.pairing);
  }

  /** `renamed`: the device whose name is to be typed. */
  openSettings(section: SettingsSection, renamed?: string): void {
    this.led = { section, times: this.led.times + 1, ...(renamed !== undefined && { renamed }) };
    const wasOpen = this.desktop.isOpen("settings");
    this.desktop.openWindow("settings", this.texts.windows.settings);
    if (wasOpen) this.desktop.push("settings", this.view("settings"));
  }

  openActivity(): void {
    this.desktop.openWindow("activity", this.texts.windows.activity);
    this.activity.follow();
  }

  sleeps(): void {
    this.node?.sleep();
  }

  wakes(): void {
    if (this.state.kind === "blocked") void this.keeper.start();
    else if (this.state.kind !== "paused") this.node?.wake();
    this.renewOffers();
  }

  screen(locked: boolean): void {
    this.dispatch({ kind: "screen", locked });
    if (!locked) this.wakes();
  }

  dismissPaired(device: string): void {
    this.visitors.dismiss(device);
    this.render();
  }

  async setStartsAtLogin(on: boolean): Promise<void> {
    await this.desktop.setStartsAtLogin(on);
    this.dispatch({ kind: "starts_at_login", on: await this.startsAtLogin() });
  }

  settingsChanged(key: SettingKey): void {
    if (key === "checkForUpdates") this.updates.lookIfWanted();
    this.render();
  }

  fault(error: unknown): void {
    this.options.fault(error);
  }

  /** Where that cannot be found out the app does all else. */
  private async startsAtLogin(): Promise<boolean | undefined> {
    try {
      return await this.desktop.startsAtLogin();
    } catch (error) {
      this.fault(error);
      return undefined;
    }
  }

  /** After a sleep or a jump of the clock codes are over whose timers still run: nobody should wait for those. */
  private renewOffers(): void {
    const { link, typed, typedIsPaused } = this.facts?.offers ?? { typedIsPaused: false };
    const isOver = [link, typed].some(
      (offer) => offer !== undefined && offer.expiresAt + OVERDUE_MS < this.clock.now(),
    );
    // Guesses that are used up wait for the owner.
    if (isOver && !typedIsPaused) this.node?.newCode();
  }

  private get node(): NodeCore | undefined {
    return this.keeper.node;
  }

  private get language(): Language {
    return chooseLanguage(this.keeper.settings?.values.language ?? "system", this.desktop.systemLanguages());
  }

  private render(): void {
    const words = { texts: this.texts, now: this.clock.now() };
    this.desktop.render({
      mark: standing(this.state).mark,
      tooltip: tooltip(this.state, words),
      menu: menuModel(this.state, { ...words, version: this.version }),
    });
    if (this.desktop.isOpen("pairing")) this.desktop.push("pairing", this.view("pairing"));
    if (this.desktop.isOpen("settings")) this.desktop.push("settings", this.view("settings"));
  }

  private app(): AppView {
    return { language: this.language, platform: this.options.platform, now: this.clock.now() };
  }
}
