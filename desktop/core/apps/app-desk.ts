/**
 * What channels are told beside their requests' answers, and what the requests of web apps are made with. A channel
 * hears what it said in its hello that it understands: whether the API answers, and, where its device is a web app,
 * what the app is called and which cookies its scripts may read.
 */
import type { HeaderPair, HeaderPairs } from "#shared/mux/heads.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import {
  type AppPlace,
  apiMessage,
  appMessage,
  decodeCookieWrites,
  FEATURE,
} from "#shared/protocol/v2/app-messages.ts";
import type { Clock } from "../clock.ts";
import type { CookieJars } from "../cookie-jar/cookie-jars.ts";
import type { ApiState } from "../local-proxy/api-watch.ts";
import type { LocalTarget } from "../local-proxy/local-target.ts";
import { appRequestHeaders, requestSite, withoutSetCookie } from "./app-headers.ts";
import { CookieNews } from "./cookie-news.ts";

/** A channel, as far as it is told things. */
export interface Listener {
  tell(message: ControlMessage): void;
}

/** One request of a web app. */
export interface AppRequest {
  /** The headers to send: the API's own origin where the app's page asks, and the jar's cookies. */
  readonly headers: HeaderPair[];
  /** The headers to answer with. Takes the cookies out, and tells of them first. */
  answered(headers: HeaderPairs): HeaderPair[];
}

/** What a request of a web app becomes. `path`: as the API gets it, with its query. */
export type AppRequests = (asked: {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderPairs;
}) => AppRequest;

export interface AppDeskOptions {
  readonly clock: Clock;
  readonly jars: CookieJars;
  readonly target: LocalTarget;
  readonly place: () => AppPlace;
  readonly api: () => ApiState;
}

interface Listening {
  readonly device: string;
  readonly hearsOfApi: boolean;
  /** Of a web app. */
  readonly cookies: CookieNews | undefined;
}

export class AppDesk {
  private readonly options: AppDeskOptions;
  private readonly listeners = new Map<Listener, Listening>();

  constructor(options: AppDeskOptions) {
    this.options = options;
  }

  /** A channel of a device said hello, and may come in. */
  greeted(
    listener: Listener,
    device: { readonly id: string; readonly app?: boolean },
    features: readonly string[],
  ): void {
    if (this.listeners.has(listener)) return;
    const { jars, clock, place } = this.options;
    const isApp = device.app === true && features.includes(FEATURE.APPS);
    const tell = (message: ControlMessage) => listener.tell(message);
    const cookies = isApp ? new CookieNews({ jar: jars.of(device.id), clock, tell }) : undefined;
    const listening = { device: device.id, hearsOfApi: features.includes(FEATURE.API), cookies };
    this.listeners.set(listener, listening);
    if (isApp) listener.tell(appMessage(place()));
    cookies?.tellNow();
    if (listening.hearsOfApi) this.tellApi([listener]);
  }

  left(listener: Listener): void {
    this.listeners.get(listener)?.cookies?.stop();
    this.listeners.delete(listener);
  }

  /** CONTROL `cookie`. What makes no sense, or does not come from a web app, is ignored. */
  wrote(listener: Listener, message: ControlMessage): void {
    const listening = this.listeners.get(listener);
    const writes = listening?.cookies && decodeCookieWrites(message);
    if (listening?.cookies === undefined || writes === undefined) return;
    listening.cookies.wrote(writes);
    this.changed(listening);
  }

  /** The API stopped or started to answer. */
  apiChanged(): void {
    this.tellApi(
      [...this.listeners].filter(([, { hearsOfApi }]) => hearsOfApi).map(([listener]) => listener),
    );
  }

  /** What requests on a web app's channel are made with. */
  requests(device: string, listener: Listener): AppRequests {
    const { jars, target } = this.options;
    return ({ method, path, headers }) => {
      const jar = jars.of(device);
      const place = { path, site: requestSite(method, headers) };
      const cookie = jar.header(place);
      const own = appRequestHeaders(headers, target);
      return {
        headers: cookie === undefined ? own : [...own, ["Cookie", cookie]],
        answered: (answer) => {
          const { rest, setCookies } = withoutSetCookie(answer);
          if (setCookies.length === 0) return rest;
          for (const text of setCookies) jar.take(text, place);
          const listening = this.listeners.get(listener);
          listening?.cookies?.tellNow();
          this.changed({ device, cookies: listening?.cookies });
          return rest;
        },
      };
    };
  }

  /** Keeps it, and tells the device's other channels. */
  private changed({ device, cookies }: Pick<Listening, "device" | "cookies">): void {
    this.options.jars.touched(device);
    for (const other of this.listeners.values()) {
      if (other.device === device && other.cookies !== cookies) other.cookies?.tellSoon();
    }
  }

  private tellApi(listeners: readonly Listener[]): void {
    const state = this.options.api();
    if (state.kind === "unknown") return;
    const forSec = Math.max(0, Math.floor((this.options.clock.now() - state.since) / 1000));
    for (const listener of listeners) listener.tell(apiMessage({ up: state.kind === "up", forSec }));
  }
}
