/**
 * The node, whoever shows it (terminal, tray): its identity, devices, offers, rules and headers, one connection to the
 * relay, one local API. Programs call its methods and hear its events; they hold no state of their own.
 */
import type { Environment } from "#shared/config/settings.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { nodeIdFromPublicKey, type StaticKey } from "#shared/crypto/node-identity.ts";
import { formatPairingLink } from "#shared/protocol/pairing-link.ts";
import { MAX_SESSION_TTL_SEC } from "#shared/protocol/v2/limits.ts";
import { isLoopbackHost, relayHost } from "#shared/protocol/v2/relay-host.ts";
import type { SessionEntry, Welcome } from "#shared/protocol/v2/relay-messages.ts";
import { PLAINTEXT_DEVICE } from "./access-rules/rule.ts";
import { loadRules, type RuleBook } from "./access-rules/rule-book.ts";
import { type ActivityLog, createActivityLog } from "./activity/activity-log.ts";
import { ChannelHost } from "./channels/channel-host.ts";
import { requestServer } from "./channels/request-server.ts";
import type { Cancel, Clock } from "./clock.ts";
import type { NodeConfig } from "./config.ts";
import { type Connector, startConnector } from "./connector/connector.ts";
import { proxyRoute, relayProxy } from "./connector/relay-proxy.ts";
import type { RelayState } from "./connector/relay-state.ts";
import type { Device } from "./devices/device.ts";
import { cleanName } from "./devices/device-name.ts";
import { type DeviceRegistry, loadDevices } from "./devices/device-registry.ts";
import { loadNodeKey } from "./identity/node-key.ts";
import { type ApiState, type ApiWatch, watchApi } from "./local-proxy/api-watch.ts";
import { connectLocalApi, type LocalApi } from "./local-proxy/local-api.ts";
import { showTarget } from "./local-proxy/local-target.ts";
import { probeLocalApi } from "./local-proxy/probe.ts";
import type { CoreEvent } from "./node-event.ts";
import { loadOwnerHeaders, type OwnerHeaders } from "./owner-headers/owner-headers.ts";
import { type OwnerPolicy, plaintextOwnerSide } from "./owner-policy.ts";
import { OfferBook, type OfferView } from "./pairing/offer-book.ts";
import { PairingDesk } from "./pairing/pairing-desk.ts";
import { negotiatedProtocol } from "./relay-session/negotiated-protocol.ts";
import { PlaintextSessions } from "./relay-session/plaintext-sessions.ts";
import { plaintextSide } from "./relay-session/plaintext-side.ts";
import { type V2Protocol, v2Protocol } from "./relay-session/v2-protocol.ts";
import type { SecretStore } from "./secrets/secret-store.ts";
import { v1Protocol } from "./v1/v1-protocol.ts";

export interface NodeCoreOptions {
  readonly config: NodeConfig;
  /** For the proxy variables. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly backend: CryptoBackend;
  readonly store: SecretStore;
  /** The machine's name, for devices, when none was chosen. */
  readonly machineName: string;
  readonly event: (event: CoreEvent) => void;
}

/** What the node remembers, as read from its store. */
export interface NodeMemory {
  readonly nodeKey: StaticKey;
  readonly devices: DeviceRegistry;
  readonly rules: RuleBook;
  readonly headers: OwnerHeaders;
}

/** Later than the relay's own timeout, because its owner may have raised that one. */
const GIVE_UP_FACTOR = 2;
const EXPIRY_CHECK_MS = 60 * 60 * 1000;

/** @throws {SecretsError} when the store fails, or the node's key is damaged. */
export async function startNodeCore(options: NodeCoreOptions): Promise<NodeCore> {
  const { store, backend, clock, config, event } = options;
  const nodeKey = await loadNodeKey({ store, backend });
  const devices = await loadDevices({
    store,
    clock,
    randomBytes: backend.randomBytes,
    expiryMs: config.deviceExpiryMs,
    onStoreError: (error) => event({ kind: "store_failed", error }),
  });
  const rules = await loadRules(store);
  const headers = await loadOwnerHeaders(store);
  for (const item of [...devices.damaged, ...rules.damaged, ...headers.damaged])
    event({ kind: "damaged", item });
  return new NodeCore(options, { nodeKey, devices, rules, headers });
}

export class NodeCore {
  readonly nodeId: string;
  readonly name: string;
  readonly devices: DeviceRegistry;
  readonly rules: RuleBook;
  readonly headers: OwnerHeaders;
  readonly activity: ActivityLog;
  readonly plaintext: PlaintextSessions;
  readonly desk: PairingDesk;
  readonly startedAt: number;
  private readonly options: NodeCoreOptions;
  private readonly offers: OfferBook;
  private readonly channels: ChannelHost;
  private readonly api: LocalApi;
  private readonly watch: ApiWatch;
  private readonly protocol: V2Protocol;
  private readonly connector: Connector;
  private welcome: Welcome | undefined;
  private cancelExpiry: Cancel = () => undefined;

  constructor(options: NodeCoreOptions, memory: NodeMemory) {
    const { config, env, clock, backend, event, machineName } = options;
    const { nodeKey, devices, rules, headers } = memory;
    this.options = options;
    this.devices = devices;
    this.rules = rules;
    this.headers = headers;
    this.startedAt = clock.now();
    this.nodeId = nodeIdFromPublicKey(nodeKey.publicKey);
    this.name = cleanName(config.name ?? machineName);
    this.activity = createActivityLog({ clock });
    this.plaintext = new PlaintextSessions({ clock });
    this.desk = new PairingDesk({ devices, clock, asks: () => config.askBeforePairing, event });
    this.offers = new OfferBook({
      clock,
      randomBytes: backend.randomBytes,
      sha256: backend.sha256,
      ttlMs: config.pairTtlMs,
      plaintext: { allowed: () => this.allowsPlaintext, fixedCode: config.pairCode },
      changed: () => event({ kind: "offers" }),
    });
    this.watch = watchApi({
      clock,
      probe: () => probeLocalApi(config.api),
      changed: (state) => event({ kind: "api", state }),
    });
    this.api = connectLocalApi({
      target: config.api,
      idleTimeoutMs: config.apiIdleTimeoutMs,
      outcome: this.watch.outcome,
    });
    const forwarded = {
      proto: config.relayUrl.protocol === "wss:" ? "https" : "http",
      host: config.relayUrl.host,
    } as const;
    const policy: OwnerPolicy = {
      rules: () => rules.rules,
      headers: (given) => headers.apply(given),
      activity: this.activity,
    };
    this.channels = new ChannelHost({
      backend,
      clock,
      nodeKey,
      nodeName: () => this.name,
      devices,
      offers: this.offers,
      desk: this.desk,
      serve: requestServer({ api: this.api, target: config.api, forwarded, policy }),
      paired: (id) => this.announce(id),
      event,
    });
    const local = {
      api: this.api,
      basePath: config.api.basePath,
      context: {
        hostHeader: config.api.hostHeader,
        forwardedProto: forwarded.proto,
        forwardedHost: forwarded.host,
        device: PLAINTEXT_DEVICE,
      },
      maxBodyBytes: config.maxBodyBytes,
      maxMessageBytes: config.maxMessageBytes,
    };
    this.protocol = v2Protocol({
      backend,
      clock,
      nodeKey,
      relayUrl: config.relayUrl,
      enrollKey: config.enrollKey,
      maxMessageBytes: MESSAGE_ROOM * config.maxMessageBytes,
      offers: this.offers,
      channels: this.channels,
      sessions: () => this.sessionEntries(),
      plaintext: plaintextSide({
        sessions: this.plaintext,
        local,
        policy,
        clock,
        giveUpAfterMs: GIVE_UP_FACTOR * config.clientTimeoutMs,
      }),
      allowsPlaintext: (welcome) => {
        this.welcome = welcome;
        return this.allowsPlaintext;
      },
      event,
    });
    if (this.protocol.withholdsEnrollKey) event({ kind: "enroll_key_withheld" });
    const proxy = relayProxy(config.relayUrl, env);
    this.connector = startConnector({
      clock,
      random: Math.random,
      route: () => proxy && proxyRoute(proxy),
      changed: (state) => event({ kind: "relay", state }),
      protocol: negotiatedProtocol({
        v2: this.protocol,
        v1: v1Protocol({
          relayUrl: config.relayUrl,
          nodeId: config.nodeId,
          local: { ...local, owner: plaintextOwnerSide(policy, "") },
          offers: {
            clock,
            randomBytes: backend.randomBytes,
            fixedCode: config.pairCode,
            ttlMs: config.pairTtlMs,
            event,
          },
          oddity: event,
          giveUpAfterMs: GIVE_UP_FACTOR * config.clientTimeoutMs,
        }),
        allowsPlaintext: () => {
          // A relay of protocol 1 says nothing of itself.
          this.welcome = undefined;
          return this.allowsPlaintext;
        },
        fellBack: () => event({ kind: "old_relay" }),
      }),
    });
    this.checkExpiry();
  }

  /** Whether clients that the relay can read are served (protocol section 6). */
  get allowsPlaintext(): boolean {
    const { allowPlaintext, plaintextIsChosen } = this.options.config;
    if (plaintextIsChosen) return allowPlaintext;
    const isLocal = isLoopbackHost(relayHost(this.options.config.relayUrl) ?? "");
    return isLocal && this.welcome?.public_url === undefined;
  }

  get relayState(): RelayState {
    return this.connector.state;
  }

  get apiState(): ApiState {
    return this.watch.state;
  }

  get offerView(): OfferView {
    return this.offers.view;
  }

  /** The link on offer, as text for a browser. */
  get pairingLink(): string | undefined {
    const { link } = this.offers.view;
    if (link === undefined) return undefined;
    return formatPairingLink(this.relayOrigin, { ...link, nodeId: this.nodeId });
  }

  /** Where browsers find the relay. */
  get relayOrigin(): string {
    return this.welcome?.public_url ?? this.options.config.relayUrl.origin.replace(/^ws/, "http");
  }

  /** The local API's address, for people. */
  get apiAddress(): string {
    return showTarget(this.options.config.api);
  }

  isConnected(device: string): boolean {
    return this.channels.channelsOf(device) > 0;
  }

  /** Fresh codes and links, and three more guesses. */
  newCode(): void {
    this.offers.newCode();
  }

  /**
   * Throws a device out, with those it let in (protocol section 7). Their channels and requests end in this turn;
   * `stored` rejects when the store keeps an item, which then lets them in again after a restart.
   */
  revoke(id: string): { readonly removed: readonly Device[]; readonly stored: Promise<void> } {
    const { removed, stored } = this.devices.remove(id);
    this.dropped(removed);
    return { removed, stored };
  }

  /** Every device, and every plaintext session. */
  revokeAll(): { readonly removed: readonly Device[]; readonly stored: Promise<void> } {
    for (const { id } of this.plaintext.list()) this.revokePlaintext(id);
    const all = this.devices.list().map(({ id }) => this.revoke(id));
    return {
      removed: all.flatMap(({ removed }) => removed),
      stored: Promise.all(all.map(({ stored }) => stored)).then(() => undefined),
    };
  }

  /** Ends a session of protocol 1, and its requests. False when there is none. */
  revokePlaintext(id: string): boolean {
    const isKnown = this.plaintext.revoke(id);
    this.protocol.send({ type: "session_revoke", id });
    return isKnown;
  }

  /** What it may do changes at once: its channels start anew, so that no open WebSocket outlives the change. */
  async setReadOnly(id: string, readOnly: boolean): Promise<Device | undefined> {
    const changed = await this.devices.setReadOnly(id, readOnly);
    if (changed !== undefined && readOnly) this.channels.restart(id);
    return changed;
  }

  /** The network or the machine came back. */
  wake(): void {
    this.connector.wake();
  }

  /** Tells the devices that this machine is about to sleep. */
  sleep(): void {
    this.channels.tellAll({ type: "node_sleeping" });
  }

  /** Says goodbye, cuts what is under way, writes what is unwritten. */
  async stop(): Promise<void> {
    this.cancelExpiry();
    this.watch.stop();
    this.channels.closeAll("bye");
    await this.connector.stop();
    this.offers.stop();
    await this.api.close();
    await this.devices.flush().catch((error: unknown) => this.options.event({ kind: "store_failed", error }));
  }

  private dropped(removed: readonly Device[]): void {
    const ids = removed.map(({ id }) => id);
    if (ids.length === 0) return;
    this.channels.revoke(ids);
    this.protocol.send({ type: "sessions", add: [], remove: ids });
  }

  private announce(id: string): void {
    const device = this.devices.get(id);
    if (device !== undefined)
      this.protocol.send({ type: "sessions", add: [this.entryOf(device)], remove: [] });
  }

  private sessionEntries(): SessionEntry[] {
    return this.devices.list().map((device) => this.entryOf(device));
  }

  private entryOf(device: Device): SessionEntry {
    const ttl = Math.max(1, Math.ceil(this.devices.timeLeft(device) / 1000));
    return { hash: device.routeTokenHash, device: device.id, ttl: Math.min(ttl, MAX_SESSION_TTL_SEC) };
  }

  private checkExpiry(): void {
    const { clock, event } = this.options;
    // Whoever is connected uses it, however long ago the channel began.
    for (const id of this.channels.connected()) this.devices.seen(id);
    const { removed, stored } = this.devices.removeExpired();
    this.dropped(removed);
    for (const device of removed) event({ kind: "device_expired", device });
    stored.catch((error: unknown) => event({ kind: "store_failed", error }));
    this.cancelExpiry = clock.after(EXPIRY_CHECK_MS, () => this.checkExpiry());
  }
}

/** So that one message that is too long is answered and does not cost the connection. */
const MESSAGE_ROOM = 4;
