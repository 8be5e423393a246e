/**
 * What a session knows of the API and its app beyond single requests (protocol section "Apps"): where the app thinks it
 * is, whether the API answers, and which cookies its scripts may read. What scripts write is sent at once, before
 * later requests; what the PC has not confirmed is sent again on the next channel, and shown until it has.
 */
import { pathMatches } from "#shared/cookies/cookie-path.ts";
import { ScriptCookies } from "#shared/cookies/script-cookies.ts";
import type { MuxClock } from "#shared/mux/clock.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import { RateLimit } from "#shared/mux/rate-limit.ts";
import {
  type AppPlace,
  type CookieWrite,
  cookieMessage,
  decodeApi,
  decodeApp,
  decodeCookies,
  MAX_COOKIE_PATH_LENGTH,
  MAX_COOKIE_TEXT_LENGTH,
  MAX_COOKIE_WRITES,
  type ReadableCookie,
} from "#shared/protocol/v2/app-messages.ts";

/** Writes that the PC has not confirmed; the oldest makes room. */
const MAX_UNCONFIRMED = 512;
/** Half of the CONTROL messages that a node takes without calling it a flood. */
const MESSAGE_BURST = 1_024;
const MESSAGES_PER_SECOND = 1_024;
/** Above that, writes are gathered for so long. Requests may overtake them then. */
const GATHER_MS = 50;
/** Of the writes in one message, as UTF-8: well below what a record holds, whatever JSON makes of them. */
const MAX_MESSAGE_BYTES = 30_000;

/** Whether the local API answers, and since when: Unix milliseconds by this device's clock. */
export interface ApiState {
  readonly isUp: boolean;
  readonly since: number;
}

export interface AppHandlers {
  /** Called on every change of `session.api`. */
  readonly apiChanged?: ((api: ApiState) => void) | undefined;
  /** An app's device alone: on each new channel, before anything else about it. */
  readonly appChanged?: ((app: AppPlace) => void) | undefined;
  /**
   * An app's device alone: what scripts may read, on each new channel and whenever the PC says so. What an answer
   * changed is told before that answer.
   */
  readonly cookiesChanged?: ((cookies: readonly ReadableCookie[]) => void) | undefined;
}

export interface AppSideOptions extends AppHandlers {
  readonly clock: MuxClock;
  /** Wall time, Unix milliseconds. */
  readonly now: () => number;
  /** False when there is no channel. */
  readonly send: (message: ControlMessage) => boolean;
}

interface NumberedWrite extends CookieWrite {
  readonly number: number;
}

export class AppSide {
  private readonly options: AppSideOptions;
  private readonly copy: ScriptCookies;
  private readonly limit: RateLimit;
  private apiState: ApiState | undefined;
  private place: AppPlace | undefined;
  private hasCookies = false;
  private unconfirmed: NumberedWrite[] = [];
  /** The first of them that was not sent on this channel. */
  private nextNumber = 1;
  private sent = 0;
  private isGathering = false;

  constructor(options: AppSideOptions) {
    this.options = options;
    this.copy = new ScriptCookies(options.now);
    this.limit = new RateLimit(MESSAGE_BURST, MESSAGES_PER_SECOND, options.clock.now());
  }

  get api(): ApiState | undefined {
    return this.apiState;
  }

  get app(): AppPlace | undefined {
    return this.place;
  }

  /** Pages here do not have it in their paths, and the PC does. */
  private get basePath(): string {
    return this.place?.basePath ?? "";
  }

  /** What scripts may read, with what they wrote; undefined before the PC has said. */
  get cookies(): readonly ReadableCookie[] | undefined {
    return this.hasCookies ? this.copy.list() : undefined;
  }

  /** A script on the page at `path` assigned `text` to `document.cookie`. */
  write(text: string, path: string): void {
    if (text.length > MAX_COOKIE_TEXT_LENGTH) return;
    if (this.basePath.length + path.length > MAX_COOKIE_PATH_LENGTH) return;
    if (!path.startsWith("/") || !this.copy.write(text, path)) return;
    this.unconfirmed.push({ number: this.nextNumber, text, path });
    this.nextNumber += 1;
    if (this.unconfirmed.length > MAX_UNCONFIRMED) this.unconfirmed.shift();
    if (!this.isGathering) this.flush();
  }

  /** There is a new channel: what may have been lost with the last one goes first. */
  channelOpened(): void {
    this.sent = 0;
    this.flush();
  }

  /** A CONTROL message came. True when it was one of these, also when it made no sense. */
  heard(message: ControlMessage): boolean {
    const { apiChanged, appChanged, cookiesChanged, now } = this.options;
    switch (message.type) {
      case "api": {
        const reach = decodeApi(message);
        if (reach === undefined) return true;
        this.apiState = { isUp: reach.up, since: now() - reach.forSec * 1000 };
        apiChanged?.(this.apiState);
        return true;
      }
      case "app": {
        const place = decodeApp(message);
        if (place === undefined) return true;
        this.place = place;
        appChanged?.(place);
        return true;
      }
      case "cookies": {
        const list = decodeCookies(message);
        if (list === undefined) return true;
        this.unconfirmed = this.unconfirmed.filter(({ number }) => number > list.seen);
        this.copy.replace(cookiesHere(list.cookies, this.basePath));
        for (const { text, path } of this.unconfirmed) this.copy.write(text, path);
        this.hasCookies = true;
        cookiesChanged?.(this.copy.list());
        return true;
      }
      default:
        return false;
    }
  }

  private flush(): void {
    const { clock, send } = this.options;
    for (;;) {
      const batch = batchAfter(this.unconfirmed, this.sent);
      const last = batch.at(-1);
      if (last === undefined) return;
      if (!this.limit.take(1, clock.now())) {
        this.gather();
        return;
      }
      const writes = batch.map(({ text, path }) => ({ text, path: this.basePath + path }));
      if (!send(cookieMessage({ number: last.number, writes }))) return;
      this.sent = last.number;
    }
  }

  private gather(): void {
    if (this.isGathering) return;
    this.isGathering = true;
    this.options.clock.after(GATHER_MS, () => {
      this.isGathering = false;
      this.flush();
    });
  }
}

/** Cookies as pages here have their paths. What is meant for elsewhere on the PC is nothing here. */
function cookiesHere(cookies: readonly ReadableCookie[], basePath: string): ReadableCookie[] {
  if (basePath === "") return [...cookies];
  return cookies.flatMap((cookie) => {
    if (pathMatches(cookie.path, basePath)) return [{ ...cookie, path: "/" }];
    return cookie.path.startsWith(`${basePath}/`)
      ? [{ ...cookie, path: cookie.path.slice(basePath.length) }]
      : [];
  });
}

/** As many of the writes after number `sent` as fit one message. */
function batchAfter(writes: readonly NumberedWrite[], sent: number): NumberedWrite[] {
  const batch: NumberedWrite[] = [];
  let bytes = 0;
  for (const write of writes) {
    if (write.number <= sent) continue;
    bytes += 3 * (write.text.length + write.path.length);
    if (batch.length > 0 && (bytes > MAX_MESSAGE_BYTES || batch.length >= MAX_COOKIE_WRITES)) break;
    batch.push(write);
  }
  return batch;
}
