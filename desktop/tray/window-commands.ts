/**
 * Carries out what a page asks for, once its command has been decoded. Each answer is a value or a problem with a code.
 * Pages ask their user before what cannot be undone.
 */
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { checkApi } from "../core/checks/api-check.ts";
import type { Clock } from "../core/clock.ts";
import { relayProxy } from "../core/connector/relay-proxy.ts";
import { isLoopbackHost } from "../core/loopback.ts";
import { SecretsError } from "../core/secrets/secret-store.ts";
import type { CommandName } from "../windows/contract/command-names.ts";
import type { Command } from "../windows/contract/commands.ts";
import type { CommandValue, FoundApi, Problem, Result } from "../windows/contract/results.ts";
import { addRule, setHeader, wouldAllow } from "./access-commands.ts";
import type { AppState } from "./app-state.ts";
import { checkRelay } from "./checks/relay-check.ts";
import { curlLine } from "./curl-line.ts";
import { toHar } from "./export-har.ts";
import { needsSocks, proxyEnvironment } from "./settings/node-settings.ts";
import { withStoredPassword } from "./settings/proxy-view.ts";
import { readApiUrl, readRelayUrl } from "./settings/setting-values.ts";
import { DEFAULT_SETTINGS, type SettingKey } from "./settings/tray-settings.ts";
import type { TrayApp } from "./tray-app.ts";

type Answer<Name extends CommandName> = Result<CommandValue<Name>>;

export interface WindowCommandsOptions {
  readonly app: TrayApp;
  readonly clock: Clock;
  readonly backend: () => CryptoBackend;
  readonly systemProxy: (relay: URL) => Promise<string>;
  readonly findApis: () => Promise<readonly FoundApi[]>;
}

const DONE = { ok: true, value: undefined } as const;
const refused = (problem: Problem) => ({ ok: false, problem }) as const;

/** The settings a page may write by that name; `startAtLogin` is the system's. */
const NEEDS_RESTART: ReadonlySet<SettingKey> = new Set([
  "relayUrl",
  "enrollKey",
  "apiUrl",
  "pcName",
  "askBeforePairing",
  "plaintext",
  "deviceExpiryDays",
  "proxy",
]);

export class WindowCommands {
  private readonly options: WindowCommandsOptions;

  constructor(options: WindowCommandsOptions) {
    this.options = options;
  }

  /** Never rejects. */
  async run(command: Command): Promise<Result<unknown>> {
    try {
      return await this.carryOut(command);
    } catch (error) {
      if (error instanceof SecretsError) return refused(keychainProblem(error));
      this.options.app.fault(error);
      return refused("failed");
    }
  }

  private async carryOut(command: Command): Promise<Result<unknown>> {
    const { app } = this.options;
    const { node } = app.keeper;
    switch (command.name) {
      case "newCode":
        node?.newCode();
        return node === undefined ? refused("gone") : DONE;
      case "copyCode":
        return this.copy(
          command.input.which === "typed" ? app.facts?.offers.typed?.code : app.facts?.offers.plaintext?.code,
        );
      case "copyLink":
        return this.copy(app.facts?.link);
      case "decide":
        return node?.desk.decide(command.input.question, command.input.allow) ? DONE : refused("gone");
      case "undoPairing":
        return app.exits.undoPairing(command.input.device) ? DONE : refused("gone");
      case "dismissPaired":
        app.dismissPaired(command.input.device);
        return DONE;
      case "resume":
        await app.keeper.resume();
        return DONE;
      case "tryNow":
        await app.keeper.tryNow();
        return DONE;
      case "openSettings":
        app.openSettings(command.input.section);
        return DONE;
      case "openPairing":
        app.openPairing();
        return DONE;
      case "activityDetails":
        return this.details(command.input.id);
      case "setCapture":
        app.activity.capture(command.input.on);
        return DONE;
      case "clearActivity":
        app.activity.clear();
        return DONE;
      case "copyCurl": {
        const details = this.details(command.input.id);
        if (!details.ok) return details;
        return this.copy(curlLine(details.value, app.apiOrigin));
      }
      case "exportHar":
        return this.exportHar(command.input.ids);
      case "saveSetting":
        return this.saveSetting(command.input);
      case "setEnrollKey":
        return this.save("enrollKey", command.input.value);
      case "testRelay":
        return this.testRelay(command.input.url);
      case "detectApis":
        return { ok: true, value: await this.options.findApis() };
      case "testApi": {
        const read = readApiUrl(command.input.url);
        if (!read.ok) return read;
        return { ok: true, value: await checkApi(new URL(read.value), this.options.clock) };
      }
      case "renameDevice": {
        const renamed = await node?.devices.rename(command.input.device, command.input.name);
        app.keeper.refresh();
        return renamed === undefined ? refused("gone") : DONE;
      }
      case "setReadOnly": {
        const changed = await node?.setReadOnly(command.input.device, command.input.readOnly);
        app.keeper.refresh();
        return changed === undefined ? refused("gone") : DONE;
      }
      case "revokeDevice":
        return app.exits.revoke(command.input.device) ? DONE : refused("gone");
      case "revokeSession":
        return app.exits.revokeSession(command.input.session) ? DONE : refused("gone");
      case "revokeAll":
        await app.exits.revokeAll();
        return DONE;
      case "addRule":
        return this.changing(addRule(node, command.input));
      case "removeRule": {
        const removed = await node?.rules.remove(command.input.number);
        app.keeper.refresh();
        return removed === true ? DONE : refused("gone");
      }
      case "wouldAllow":
        return wouldAllow(node, command.input);
      case "setHeader":
        return this.changing(setHeader(node, command.input));
      case "removeHeader": {
        const removed = await node?.headers.remove(command.input.name);
        app.keeper.refresh();
        return removed === true ? DONE : refused("gone");
      }
      case "newIdentity":
        if (node === undefined) return refused("gone");
        await app.keeper.newIdentity();
        return DONE;
      case "checkForUpdate":
        return this.checkForUpdate();
      case "openReleasePage":
        app.desktop.openReleases();
        return DONE;
      case "openLogFolder":
        app.desktop.openLogs();
        return DONE;
      case "openLicences":
        app.desktop.openLicences();
        return DONE;
    }
  }

  /** The windows see what comes of it. */
  private async changing(work: Promise<Result<undefined>>): Promise<Result<undefined>> {
    const result = await work;
    this.options.app.keeper.refresh();
    return result;
  }

  private copy(text: string | undefined): Result<undefined> {
    if (text === undefined) return refused("gone");
    this.options.app.desktop.copy(text);
    return DONE;
  }

  private details(id: number): Answer<"activityDetails"> {
    const [details] = this.options.app.activity.details(new Set([id]));
    return details === undefined ? refused("gone") : { ok: true, value: details };
  }

  private async exportHar(ids: readonly number[]): Promise<Answer<"exportHar">> {
    const { app } = this.options;
    const requests = app.activity.details(new Set(ids));
    const saved = await app.desktop.saveAs("requests.har", toHar(requests, app.apiOrigin));
    return { ok: true, value: { saved } };
  }

  private async saveSetting(
    change: Extract<Command, { name: "saveSetting" }>["input"],
  ): Promise<Result<undefined>> {
    const { app } = this.options;
    switch (change.key) {
      case "startAtLogin":
        await app.setStartsAtLogin(change.value);
        return DONE;
      case "proxy": {
        const stored = app.keeper.settings?.values.proxy ?? DEFAULT_SETTINGS.proxy;
        return this.save("proxy", withStoredPassword(change.value, stored));
      }
      default:
        return this.save(change.key, change.value);
    }
  }

  private async save(key: SettingKey, value: unknown): Promise<Result<undefined>> {
    const { app } = this.options;
    const { settings } = app.keeper;
    if (settings === undefined) return refused(noStore(app.current));
    const before = settings.values[key];
    const wasDamaged = settings.damaged.length;
    const problem = await settings.save(key, value);
    if (problem !== undefined) return refused(problem);
    const isSame = JSON.stringify(settings.values[key]) === JSON.stringify(before);
    if (NEEDS_RESTART.has(key) && (!isSame || settings.damaged.length !== wasDamaged)) {
      await app.keeper.restart();
    }
    app.settingsChanged(key);
    return DONE;
  }

  private async testRelay(text: string): Promise<Answer<"testRelay">> {
    const read = readRelayUrl(text);
    if (!read.ok) return read;
    const { app, backend, clock, systemProxy } = this.options;
    const values = app.keeper.settings?.values ?? DEFAULT_SETTINGS;
    const url = new URL(read.value);
    const system = values.proxy.kind === "system" ? await systemProxy(url) : "DIRECT";
    if (needsSocks(values, system) && !isLoopbackHost(url.hostname)) return refused("socks_proxy");
    const proxy = relayProxy(url, proxyEnvironment(values, system));
    // The stored key belongs to the stored relay: no other address gets to see it before it is saved.
    const enrollKey =
      values.relayUrl === undefined || values.relayUrl === read.value ? values.enrollKey : undefined;
    return { ok: true, value: await checkRelay({ url, enrollKey, proxy, backend: backend(), clock }) };
  }

  private async checkForUpdate(): Promise<Answer<"checkForUpdate">> {
    const newer = await this.options.app.updates.look();
    if (newer === "unknown") return refused("failed");
    return { ok: true, value: newer === undefined ? {} : { newerVersion: newer } };
  }
}

/** Why nothing can be stored. */
function noStore(state: AppState): Problem {
  if (state.kind !== "blocked") return "keychain_failed";
  return state.code === "keychain_missing" || state.code === "keychain_locked"
    ? state.code
    : "keychain_failed";
}

function keychainProblem({ code }: SecretsError): Problem {
  return code === "no_keychain" ? "keychain_locked" : "keychain_failed";
}
