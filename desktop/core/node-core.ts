/**
 * The node, whoever shows it (terminal, tray): its identity, devices, offers, rules and headers, one connection to the
 * relay, one local API. Programs call its methods and hear its events; they hold no state of their own.
 */
import type { Environment } from "#shared/config/settings.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { nodeIdFromPublicKey } from "#shared/crypto/node-identity.ts";
import { formatPairingLink } from "#shared/protocol/pairing-link.ts";
import { Slots } from "#shared/slots.ts";
import type { RuleBook } from "./access-rules/rule-book.ts";
import { rulesInForce } from "./access-rules/rules-in-force.ts";
import { type ActivityLog, createActivityLog } from "./activity/activity-log.ts";
import { AppDesk } from "./apps/app-desk.ts";
import { appPlace } from "./apps/app-place.ts";
import { ChannelHost } from "./channels/channel-host.ts";
import { requestServer } from "./channels/request-server.ts";
import type { Clock } from "./clock.ts";
import type { NodeConfig } from "./config.ts";
import { type Connector, startConnector } from "./connector/connector.ts";
import { proxyRoute, relayProxy } from "./connector/relay-proxy.ts";
import type { RelayState } from "./connector/relay-state.ts";
import type { CookieJars } from "./cookie-jar/cookie-jars.ts";
import type { Device } from "./devices/device.ts";
import { cleanName } from "./devices/device-name.ts";
import type { DeviceRegistry } from "./devices/device-registry.ts";
import { type ApiState, type ApiWatch, watchApi } from "./local-proxy/api-watch.ts";
import { connectLocalApi, type LocalApi } from "./local-proxy/local-api.ts";
import { showTarget } from "./local-proxy/local-target.ts";
import { probeLocalApi } from "./local-proxy/probe.ts";
import { Membership, type Revoked, type RevokedAll } from "./membership.ts";
import type { CoreEvent } from "./node-event.ts";
import { loadNodeMemory, type NodeMemory } from "./node-memory.ts";
import type { OwnerHeaders } from "./owner-headers/owner-headers.ts";
import type { PlaintextPolicy } from "./owner-policy.ts";
import { OfferBook, type OfferView } from "./pairing/offer-book.ts";
import { PairingDesk } from "./pairing/pairing-desk.ts";
import { RelayNaming } from "./relay-naming.ts";
import type { PlaintextRevocations } from "./relay-session/plaintext-revocations.ts";
import { PlaintextSessions } from "./relay-session/plaintext-sessions.ts";
import { relayProtocol } from "./relay-session/relay-protocol.ts";
import type { V2Protocol } from "./relay-session/v2-protocol.ts";
import type { SecretStore } from "./secrets/secret-store.ts";
import { type SettingsInUse, settingsInUse } from "./settings-in-use.ts";

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

/** @throws {SecretsError} when the store fails, or the node's key is damaged. */
export async function startNodeCore(options: NodeCoreOptions): Promise<NodeCore> {
  return new NodeCore(options, await loadNodeMemory(options));
}

export class NodeCore {
  readonly nodeId: string;
  readonly name: string;
  readonly devices: DeviceRegistry;
  readonly rules: RuleBook;
  readonly headers: OwnerHeaders;
  readonly activity: ActivityLog;
  readonly revocations: PlaintextRevocations;
  readonly plaintext: PlaintextSessions;
  readonly desk: PairingDesk;
  readonly startedAt: number;
  private readonly options: NodeCoreOptions;
  private readonly offers: OfferBook;
  private readonly channels: ChannelHost;
  private readonly api: LocalApi;
  private readonly plaintextApi: LocalApi;
  private readonly watch: ApiWatch;
  private readonly protocol: V2Protocol;
  private readonly connector: Connector;
  private readonly naming: RelayNaming;
  private readonly jars: CookieJars;
  private readonly membership: Membership;

  constructor(options: NodeCoreOptions, memory: NodeMemory) {
    const { config, env, clock, backend, event, machineName } = options;
    const { nodeKey, devices, clockCheck, rules, headers, revocations } = memory;
    this.options = options;
    this.devices = devices;
    this.headers = headers;
    this.jars = memory.jars;
    this.startedAt = clock.now();
    this.nodeId = nodeIdFromPublicKey(nodeKey.publicKey);
    this.name = cleanName(config.name ?? machineName);
    this.activity = createActivityLog({ clock });
    this.revocations = revocations;
    this.plaintext = new PlaintextSessions({ clock, revocations });
    const namedOtherwise = (url: string) => event({ kind: "relay_named_otherwise", url });
    this.naming = new RelayNaming({ config, namedOtherwise });
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
      changed: (state) => {
        event({ kind: "api", state });
        apps.apiChanged();
      },
    });
    const local = { target: config.api, outcome: this.watch.outcome };
    this.api = connectLocalApi({ ...local, idleTimeoutMs: config.apiIdleTimeoutMs });
    this.plaintextApi = connectLocalApi({ ...local, idleTimeoutMs: config.plaintextIdleTimeoutMs });
    const forwarded = {
      proto: config.relayUrl.protocol === "wss:" ? "https" : "http",
      host: config.relayUrl.host,
    } as const;
    const policy: PlaintextPolicy = {
      rules: () => rules.rules,
      headers: (given) => headers.apply(given),
      activity: this.activity,
      plaintextCalls: new Slots(),
    };
    const apps = new AppDesk({
      clock,
      jars: memory.jars,
      target: config.api,
      place: () => appPlace(config.api, this.name),
      api: () => this.watch.state,
    });
    this.channels = new ChannelHost({
      backend,
      clock,
      nodeKey,
      nodeName: () => this.name,
      devices,
      offers: this.offers,
      desk: this.desk,
      apps,
      serve: requestServer({ api: this.api, target: config.api, forwarded, policy }),
      paired: (id) => this.membership.announce(id),
      event,
    });
    const { channels } = this;
    this.membership = new Membership({
      clock,
      devices,
      plaintext: this.plaintext,
      channels,
      send: (message) => this.protocol.send(message),
      event,
    });
    this.rules = rulesInForce({ book: rules, devices, channels, plaintextCalls: policy.plaintextCalls });
    const { v2, protocol } = relayProtocol({
      config,
      clock,
      backend,
      nodeKey,
      api: this.plaintextApi,
      forwarded,
      policy,
      offers: this.offers,
      channels: this.channels,
      plaintext: this.plaintext,
      sessions: () => this.membership.sessionEntries(),
      allowsPlaintext: (welcome) => {
        this.naming.heard(welcome);
        if (welcome !== undefined) clockCheck.compare(welcome.now * 1000);
        return this.allowsPlaintext;
      },
      event,
    });
    this.protocol = v2;
    if (this.protocol.withholdsEnrollKey) event({ kind: "enroll_key_withheld" });
    const proxy = relayProxy(config.relayUrl, env);
    this.connector = startConnector({
      clock,
      random: Math.random,
      route: () => proxy && proxyRoute(proxy),
      changed: (state) => event({ kind: "relay", state }),
      protocol,
    });
    this.membership.start();
  }

  /** Whether clients that the relay can read are served (protocol section 6). */
  get allowsPlaintext(): boolean {
    const { allowPlaintext, plaintextIsChosen, askBeforePairing } = this.options.config;
    if (plaintextIsChosen) return allowPlaintext;
    // The relay lets plaintext clients in by their code: there is nothing to ask about.
    if (askBeforePairing) return false;
    return this.naming.isOfThisMachine;
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

  /** Where browsers find the relay, its base path included: the owner's word, never the relay's. */
  get relayOrigin(): string {
    return this.naming.origin;
  }

  /** The local API's address, for people. */
  get apiAddress(): string {
    return showTarget(this.options.config.api);
  }

  /** What it was started with, as far as that is nobody's secret. */
  get settingsInUse(): SettingsInUse {
    return settingsInUse(this.options);
  }

  /** Whether the device is here, or one of its web apps. */
  isConnected(device: string): boolean {
    return this.channels.isPresent(device) || this.channels.channelsOf(device) > 0;
  }

  /** Fresh codes and links, and three more guesses. */
  newCode(): void {
    this.offers.newCode();
  }

  /** Throws a device out, with those it let in (protocol section 7). Their channels and requests end in this turn. */
  revoke(id: string): Revoked {
    return this.membership.revoke(id);
  }

  /** Every device, and every plaintext session that has begun, also one that only an absent relay knows. */
  revokeAll(): RevokedAll {
    return this.membership.revokeAll();
  }

  /** Ends a session of protocol 1, and its requests. False when there is none. */
  revokePlaintext(id: string): boolean {
    return this.membership.revokePlaintext(id);
  }

  /** What it and those it let in may do changes at once: their channels start anew. */
  setReadOnly(id: string, readOnly: boolean): Promise<Device | undefined> {
    return this.membership.setReadOnly(id, readOnly);
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
    this.membership.stop();
    this.watch.stop();
    this.channels.closeAll("bye");
    await this.connector.stop();
    this.offers.stop();
    await Promise.all([this.api.close(), this.plaintextApi.close()]);
    await this.revocations.settled();
    const failed = (error: unknown) => this.options.event({ kind: "store_failed", error });
    await this.devices.flush().catch(failed);
    await this.jars.flush().catch(failed);
  }
}
