/**
 * Keeps the one node of the tray app: opens the secret store, reads the settings, starts the core, starts it anew after a
 * change, stops it for a pause. Steps happen one after the other, whoever asks. What goes wrong becomes a state that says
 * what to do; nothing is ever stored anywhere but in the store that was opened.
 */
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import type { Clock } from "../core/clock.ts";
import { makeNodeKey } from "../core/identity/node-key.ts";
import { isLoopbackHost } from "../core/loopback.ts";
import { type NodeCore, startNodeCore } from "../core/node-core.ts";
import type { CoreEvent } from "../core/node-event.ts";
import type { SecretStore } from "../core/secrets/secret-store.ts";
import type { Machine } from "../core/state-dir.ts";
import type { AppEvent } from "./app-state.ts";
import { readNode } from "./node-facts.ts";
import { needsSocks, nodeConfig, proxyEnvironment } from "./settings/node-settings.ts";
import { loadSettings, type SettingsStore } from "./settings/settings-store.ts";
import { startTrouble } from "./start-trouble.ts";

export interface NodeKeeperOptions {
  readonly clock: Clock;
  /** Made at the first start: it tests itself. */
  readonly backend: () => CryptoBackend;
  /** @throws {SecretsError} */
  readonly openStore: () => Promise<SecretStore>;
  /** Makes this node the only one of its user. @throws {ControlError} */
  readonly claim: () => Promise<{ close(): Promise<void> }>;
  readonly machine: Machine;
  readonly machineName: string;
  readonly stateDir: string;
  /** What the system's settings say for this address, as a proxy script would. */
  readonly systemProxy: (relay: URL) => Promise<string>;
  readonly changed: (event: AppEvent) => void;
  /** Each event of the node, after `changed`. */
  readonly heard: (event: CoreEvent) => void;
  /** An error that is not the owner's to mend. */
  readonly fault: (error: unknown) => void;
}

export class NodeKeeper {
  private readonly options: NodeKeeperOptions;
  private store: SecretStore | undefined;
  private loaded: SettingsStore | undefined;
  private core: NodeCore | undefined;
  private claimed: { close(): Promise<void> } | undefined;
  private isPaused = false;
  private isOver = false;
  private queue: Promise<void> = Promise.resolve();
  private refreshing = false;

  constructor(options: NodeKeeperOptions) {
    this.options = options;
  }

  /** The node, also one that is paused; undefined when there is none. */
  get node(): NodeCore | undefined {
    return this.core;
  }

  /** Undefined while the secret store cannot be read. */
  get settings(): SettingsStore | undefined {
    return this.loaded;
  }

  /** Starts, or tries again. */
  start(): Promise<void> {
    return this.step(async () => {
      if (this.core === undefined || this.isPaused) await this.startNow();
    });
  }

  /** Settings have changed. */
  restart(): Promise<void> {
    return this.step(async () => {
      if (this.isPaused) return;
      await this.stopCore();
      await this.startNow();
    });
  }

  pause(): Promise<void> {
    return this.step(async () => {
      if (this.core === undefined || this.isPaused) return;
      this.isPaused = true;
      await this.core.stop();
      this.options.changed({ kind: "paused", node: readNode(this.core) });
    });
  }

  resume(): Promise<void> {
    return this.step(async () => {
      if (!this.isPaused) return;
      await this.startNow();
    });
  }

  /** Dial now, or start what could not be started. */
  tryNow(): Promise<void> {
    if (this.core !== undefined && !this.isPaused) {
      this.core.wake();
      return Promise.resolve();
    }
    return this.isPaused ? Promise.resolve() : this.start();
  }

  /** This PC becomes another one, and every device has to be paired again. @throws {SecretsError} */
  newIdentity(): Promise<void> {
    return this.step(async () => {
      const { core, store } = this;
      if (core === undefined || store === undefined) return;
      // The devices first: with the old key and without them nobody gets in, either.
      await core.revokeAll().stored;
      await core.stop();
      this.core = undefined;
      await makeNodeKey({ store, backend: this.options.backend() });
      this.isPaused = false;
      await this.startNow();
    });
  }

  /** For good. */
  stop(): Promise<void> {
    this.isOver = true;
    return this.step(async () => {
      await this.stopCore();
      await this.claimed?.close();
    });
  }

  /** Something at the node changed that it does not tell of by itself. */
  refresh(): void {
    if (this.refreshing) return;
    this.refreshing = true;
    queueMicrotask(() => {
      this.refreshing = false;
      if (this.core !== undefined) this.options.changed({ kind: "facts", node: readNode(this.core) });
    });
  }

  private async startNow(): Promise<void> {
    const { changed, fault } = this.options;
    if (this.isOver) return;
    // What a pause left is stopped already; its devices come back from the store.
    this.core = undefined;
    this.isPaused = false;
    changed({ kind: "starting" });
    try {
      this.claimed ??= await this.options.claim();
      this.store ??= await this.options.openStore();
      this.loaded = await loadSettings(this.store);
      await this.startCore(this.store, this.loaded);
    } catch (error) {
      const trouble = startTrouble(error);
      if (trouble.code === "start_failed") fault(error);
      // A keychain that was locked may be another one when it comes back.
      if (this.loaded === undefined) this.store = undefined;
      changed({ kind: "blocked", ...trouble });
    }
  }

  private async startCore(store: SecretStore, settings: SettingsStore): Promise<void> {
    const { clock, backend, machine, machineName, stateDir, systemProxy, changed } = this.options;
    const { values, damaged, decisive } = settings;
    for (const item of damaged) changed({ kind: "core", event: { kind: "damaged", item } });
    if (decisive.length > 0) {
      changed({ kind: "blocked", code: "store_damaged", detail: decisive.join(", ") });
      return;
    }
    const config = nodeConfig(values, machine, stateDir);
    if (config === undefined) {
      changed({ kind: "no_relay" });
      return;
    }
    const system = values.proxy.kind === "system" ? await systemProxy(config.relayUrl) : "DIRECT";
    if (needsSocks(values, system) && !isLoopbackHost(config.relayUrl.hostname)) {
      changed({ kind: "blocked", code: "proxy_socks" });
      return;
    }
    let started: NodeCore | undefined;
    started = await startNodeCore({
      config,
      env: proxyEnvironment(values, system),
      clock,
      backend: backend(),
      store,
      machineName,
      event: (event) => this.event(event, () => started),
    });
    this.core = started;
    changed({ kind: "running", node: readNode(started) });
  }

  private event(event: CoreEvent, from: () => NodeCore | undefined): void {
    const { changed, heard, fault } = this.options;
    if (event.kind === "fault") fault(event.error);
    // A core that was replaced has nothing to say any more, but that something was not stored.
    if (from() !== this.core && event.kind !== "store_failed" && event.kind !== "damaged") return;
    changed({ kind: "core", event });
    heard(event);
    this.refresh();
  }

  private async stopCore(): Promise<void> {
    const { core } = this;
    this.core = undefined;
    if (core !== undefined && !this.isPaused) await core.stop();
  }

  private step(act: () => Promise<void>): Promise<void> {
    const done = this.queue.then(act);
    // Whoever asked hears of a failure; the next step goes on.
    this.queue = done.catch(() => undefined);
    return done;
  }
}
