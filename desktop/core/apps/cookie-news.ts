/**
 * Tells one channel of a web app what its scripts may read: the whole list, because it is short, and because whoever
 * missed one needs nothing else. What an answer changed is told before that answer; other channels hear of it a
 * moment later, and all of it at once.
 */
import type { CookieJar } from "#shared/cookies/cookie-jar.ts";
import { asBytes, readableCookies } from "#shared/cookies/readable-cookies.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import { RateLimit } from "#shared/mux/rate-limit.ts";
import { type CookieWrites, cookiesMessage } from "#shared/protocol/v2/app-messages.ts";
import type { Cancel, Clock } from "../clock.ts";

export const SOON_MS = 25;
/** Half of the CONTROL messages that a client takes without calling it a flood. */
const LISTS_AT_ONCE = 1_024;
const LISTS_PER_SECOND = 1_024;

export interface CookieNewsOptions {
  readonly jar: CookieJar;
  readonly clock: Clock;
  readonly tell: (message: ControlMessage) => void;
}

export class CookieNews {
  private readonly options: CookieNewsOptions;
  private readonly limit: RateLimit;
  private seen = 0;
  /** What was told last: the jar's version, and the write that it knew of. */
  private told: string | undefined;
  private cancelTimer: Cancel | undefined;

  constructor(options: CookieNewsOptions) {
    this.options = options;
    this.limit = new RateLimit(LISTS_AT_ONCE, LISTS_PER_SECOND, options.clock.now());
  }

  /** Scripts of this channel wrote something. It is confirmed soon. */
  wrote({ number, writes }: CookieWrites): void {
    for (const { text, path } of writes) this.options.jar.write(asBytes(text), asBytes(path));
    this.seen = Math.max(this.seen, number);
    this.tellSoon();
  }

  /** Before an answer, and first of all. */
  tellNow(): void {
    const { jar, clock, tell } = this.options;
    const now = clock.now();
    const cookies = jar.list();
    const standing = `${jar.readableVersion} ${this.seen}`;
    if (standing === this.told) return;
    if (!this.limit.take(1, now)) {
      this.tellSoon();
      return;
    }
    this.stop();
    this.told = standing;
    tell(cookiesMessage({ cookies: readableCookies(cookies, now), seen: this.seen }));
  }

  tellSoon(): void {
    this.cancelTimer ??= this.options.clock.after(SOON_MS, () => {
      this.cancelTimer = undefined;
      this.tellNow();
    });
  }

  stop(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }
}
