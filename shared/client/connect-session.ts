/**
 * A standing session with one PC, as programs use it: requests, WebSockets, grants, and what the PC says of itself. Of the
 * library it is the part that a page needs from the start; pairing is another one.
 */
import { publicKeyFromNodeId, type StaticKey } from "#shared/crypto/node-identity.ts";
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import { type AppPlace, FEATURE, type ReadableCookie } from "#shared/protocol/v2/app-messages.ts";
import type { NodeGreeting } from "#shared/protocol/v2/pairing-messages.ts";
import { type ApiState, type AppHandlers, AppSide } from "./app-side.ts";
import { type ChannelTools, channelOpener } from "./channel.ts";
import { type TunnelRequestInit, type TunnelResponse, tunnelFetch } from "./fetch.ts";
import { type GrantOptions, Grants } from "./grants.ts";
import type { PairingRecord } from "./pairing-record.ts";
import { parseRelayAddress } from "./relay-address.ts";
import { RelayError } from "./relay-error.ts";
import { Session } from "./session.ts";
import { isRevocation, type SessionState } from "./session-state.ts";
import type { StreamDoor } from "./stream-door.ts";
import { TunnelSocket } from "./tunnel-socket.ts";

export interface ConnectArguments extends AppHandlers {
  /** The key that the pairing was made with. */
  readonly deviceKey: StaticKey;
  /** On every change of `state`. */
  readonly stateChanged?: (state: SessionState) => void;
  /** The record is to be stored again: it was confirmed, revoked, or the PC has another name. */
  readonly recordChanged?: (record: PairingRecord) => void;
  /** CONTROL messages beyond those the library acts on. */
  readonly control?: (message: ControlMessage) => void;
}

/** A standing connection to one PC. */
export interface RelaySession {
  readonly state: SessionState;
  /** For programs that make requests without WebStreams. */
  readonly door: StreamDoor;
  fetch(input: Request | URL | string, init?: TunnelRequestInit): Promise<TunnelResponse>;
  /** `path` begins with a slash. Throws SyntaxError for subprotocols that are none. */
  webSocket(path: string, protocols?: string | readonly string[], headers?: HeaderPairs): TunnelSocket;
  /** What the PC said that it can do beyond the first version 2: words of `FEATURE`. Empty before it has answered. */
  readonly features: readonly string[];
  /** Where the relay says that it serves web apps (see app-origin.ts); undefined for nowhere, or not yet known. */
  readonly apps: string | undefined;
  /** Whether the local API answers; undefined when the PC has not said. It counts while there is a connection. */
  readonly api: ApiState | undefined;
  /** What the PC told an app's device about its app. */
  readonly app: AppPlace | undefined;
  /** What scripts of an app's device may read, with what they wrote; undefined when the PC has not said. */
  readonly cookies: readonly ReadableCookie[] | undefined;
  /**
   * A script assigned `text` to `document.cookie`, on the page at `path`, as it is here and without its query. Requests that are made after it are carried out after it. What comes of it is told by `cookiesChanged`; nonsense comes to nothing.
   */
  writeCookie(text: string, path: string): void;
  /**
   * A link by which another program pairs as a child of this device: once, and soon. With `app`, as a device for a web
   * app's origin. Rejects with a RelayError.
   */
  grant(options?: GrantOptions): Promise<string>;
  /** What the PC's list is to call this device from now on; false when there is no connection to say it on. */
  rename(name: string): boolean;
  /** The device woke up, its network changed, or its user is looking: try or check now. */
  wake(): void;
  close(): void;
}

export interface SessionTools {
  readonly tools: ChannelTools;
  /** Wall time, Unix milliseconds. */
  readonly now: () => number;
  /** From 0 up to 1, for jitter. */
  readonly random: () => number;
}

/** Connects and stays connected. Throws RelayError `revoked` for a record that is marked so. */
export function connectSession(
  { tools, now, random }: SessionTools,
  stored: PairingRecord,
  options: ConnectArguments,
): RelaySession {
  const { deviceKey, stateChanged, recordChanged, control } = options;
  const address = parseRelayAddress(stored.relayUrl);
  const nodePublicKey = publicKeyFromNodeId(stored.nodeId);
  if (stored.status === "revoked") throw new RelayError({ code: "revoked" });
  if (address === undefined || nodePublicKey === undefined) throw new RelayError({ code: "no_relay" });

  let record = stored;
  let features: readonly string[] = [];
  let apps: string | undefined;
  const change = (part: Partial<PairingRecord>) => {
    const changed = { ...record, ...part };
    const isSame = changed.status === record.status && changed.nodeName === record.nodeName;
    record = changed;
    if (!isSame) recordChanged?.(changed);
  };
  const target = {
    socketUrl: address.socketUrl,
    open: { type: "open", node_id: stored.nodeId, token: stored.routeToken } as const,
    nodePublicKey,
    deviceKey,
    greeted: (greeting: NodeGreeting) => {
      features = greeting.features;
      change({ nodeName: greeting.node_name });
    },
    appsAt: (said: string | undefined) => {
      apps = said;
    },
  };
  const session = new Session({
    openChannel: channelOpener(tools, target),
    clock: tools.clock,
    now,
    random,
    stateChanged: (state) => {
      if (state.status === "revoked" && isRevocation(state.problem)) change({ status: "revoked" });
      stateChanged?.(state);
    },
    confirmed: () => change({ status: "active" }),
    control: (message) => {
      if (!grants.answered(message) && !appSide.heard(message)) control?.(message);
    },
    opened: () => appSide.channelOpened(),
  });
  const appSide = new AppSide({
    ...options,
    clock: tools.clock,
    now,
    send: (message) => session.sendControl(message),
  });
  const grants = new Grants({
    clock: tools.clock,
    nodeId: stored.nodeId,
    relayUrl: stored.relayUrl,
    send: (message) => session.sendControl(message),
    knowsApps: () => features.includes(FEATURE.APPS),
    problem: () => session.problem,
  });
  session.start();
  return {
    get state() {
      return session.state;
    },
    door: session,
    fetch: (input, init) => tunnelFetch(session, input, init),
    webSocket: (path, protocols = [], headers = []) =>
      new TunnelSocket(session, {
        path,
        protocols: typeof protocols === "string" ? [protocols] : protocols,
        headers,
      }),
    get features() {
      return features;
    },
    get apps() {
      return apps;
    },
    get api() {
      return appSide.api;
    },
    get app() {
      return appSide.app;
    },
    get cookies() {
      return appSide.cookies;
    },
    writeCookie: (text, path) => appSide.write(text, path),
    grant: (grantOptions) => grants.ask(grantOptions),
    rename: (name) => session.sendControl({ type: "rename", name }),
    wake: () => session.wake(),
    close: () => session.close(),
  };
}
