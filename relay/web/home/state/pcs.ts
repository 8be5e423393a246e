/**
 * The PCs of this browser: what is stored of them, and a session with each. It forgets one only when its owner says so;
 * whatever a relay says, and whatever a PC says, the entry stays until then. A PC that could not be stored is here until
 * the tab is closed.
 */

import type { ConnectArguments, RelaySession } from "#shared/client/connect-session.ts";
import type { PairingRecord } from "#shared/client/pairing-record.ts";
import type { ProblemCode } from "#shared/client/problem.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import type { StaticKey } from "#shared/crypto/node-identity.ts";
import { appOrigin } from "#shared/protocol/v2/app-origin.ts";
import type { PairingStore, StoredPairing } from "../../keys/pairing-store.ts";
import { StorageError } from "../../keys/storage-error.ts";
import type { StoredKey } from "../../keys/stored-key.ts";
import type { PcFacts } from "../view/pc-view.ts";

/**
 * Another tab may still be waiting for the PC's word on a pairing. Whoever connected with it before that would be turned
 * away for good. Longer than any pairing waits; milliseconds.
 */
const CONFIRMATION_MS = 125_000;

/** A tab that was opened at the tap, before it is known where it shall go. */
export interface OpenedTab {
  go(url: string): void;
  close(): void;
}

export interface PcsOptions {
  /** Throws RelayError for a record that can never connect. */
  readonly connect: (record: PairingRecord, options: ConnectArguments) => RelaySession;
  readonly keyOf: (key: StoredKey) => StaticKey;
  /** Where they are kept, or why they cannot be. */
  readonly store: () => Promise<PairingStore | StorageError>;
  readonly now: () => number;
  /** Undefined when the browser does not allow it. */
  readonly openTab: () => OpenedTab | undefined;
  /** No pairing with this PC is left: whatever else was kept for it goes too. */
  readonly forgotten: (nodeId: string) => void;
  readonly changed: () => void;
}

interface Pc {
  pairing: StoredPairing;
  isKept: boolean;
  session: RelaySession | undefined;
  /** Since when there is none. */
  readonly since: number;
  opening: boolean;
  openTrouble: "blocked" | ProblemCode | undefined;
}

export class Pcs {
  private readonly options: PcsOptions;
  private readonly pcs = new Map<string, Pc>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Stored items that could not be understood. */
  damaged = 0;

  constructor(options: PcsOptions) {
    this.options = options;
  }

  /** Takes over what is stored now. Rejects with StorageError. */
  async load(): Promise<void> {
    const stored = await (await this.store()).list();
    this.damaged = stored.damaged;
    const ids = new Set(stored.pairings.map(({ id }) => id));
    for (const [id, pc] of this.pcs) if (pc.isKept && !ids.has(id)) this.drop(id);
    for (const pairing of stored.pairings) this.take(pairing, true);
    this.options.changed();
  }

  /** Stores a pairing, in place of any older one with the same PC once it is active. False: it is kept for this tab alone. */
  async put(pairing: StoredPairing, { mayConnect }: { mayConnect: boolean }): Promise<boolean> {
    const { changed } = this.options;
    const isKept = await this.keep(pairing);
    if (pairing.record.status === "active") {
      for (const [id, { pairing: other }] of this.pcs) {
        if (id !== pairing.id && other.record.nodeId === pairing.record.nodeId) this.drop(id);
      }
    }
    this.take(pairing, isKept, mayConnect);
    changed();
    return isKept;
  }

  /** Nobody knows whether the PC confirmed: the first session decides. */
  decide(id: string): void {
    const pc = this.pcs.get(id);
    if (pc !== undefined) this.take(pc.pairing, pc.isKept, true);
    this.options.changed();
  }

  /** A name of its own; empty: what the PC calls itself. False: it is gone. Rejects with StorageError. */
  async rename(id: string, label: string): Promise<boolean> {
    return this.change(id, ({ label: _, ...pairing }) => (label === "" ? pairing : { ...pairing, label }));
  }

  /** For good: its key is gone. Rejects with StorageError when it could not be deleted; then it stays. */
  async forget(id: string): Promise<void> {
    const pc = this.pcs.get(id);
    if (pc?.isKept) await (await this.store()).delete(id);
    this.drop(id);
    const nodeId = pc?.pairing.record.nodeId;
    if (nodeId !== undefined && this.findByNode(nodeId) === undefined) this.options.forgotten(nodeId);
    this.options.changed();
  }

  /** What the PC's list shall call this device. False without a connection. */
  renameDevice(id: string, name: string): boolean {
    return this.pcs.get(id)?.session?.rename(name) ?? false;
  }

  /** The page is being looked at again, or the network changed. */
  wake(): void {
    for (const { session } of this.pcs.values()) session?.wake();
  }

  session(id: string): RelaySession | undefined {
    return this.pcs.get(id)?.session;
  }

  findByNode(nodeId: string): StoredPairing | undefined {
    return [...this.pcs.values()].find(({ pairing }) => pairing.record.nodeId === nodeId)?.pairing;
  }

  /**
   * Opens the PC's app in a tab of its own origin. Call it in the tap itself: browsers allow a tab only then. The grant
   * is the child's one-time link; its secret travels in the fragment, which stays in the browser.
   */
  async openApp(id: string): Promise<void> {
    const pc = this.pcs.get(id);
    const { session } = pc ?? {};
    if (pc === undefined || session?.apps === undefined || pc.opening) return;
    const origin = appOrigin(session.apps, pc.pairing.record.nodeId);
    const tab = this.options.openTab();
    pc.openTrouble = tab === undefined ? "blocked" : undefined;
    pc.opening = tab !== undefined;
    this.options.changed();
    if (tab === undefined) return;
    try {
      const link = await session.grant({ app: true });
      tab.go(`${origin}/~ora/boot${link.slice(link.indexOf("#"))}`);
    } catch (error) {
      tab.close();
      pc.openTrouble = error instanceof RelayError ? error.code : "no_answer";
    }
    pc.opening = false;
    this.options.changed();
  }

  facts(): readonly PcFacts[] {
    return [...this.pcs.values()]
      .sort((a, b) => a.pairing.pairedAt - b.pairing.pairedAt)
      .map(({ pairing, session, since, opening, openTrouble }) => ({
        id: pairing.id,
        nodeId: pairing.record.nodeId,
        label: pairing.label,
        nodeName: pairing.record.nodeName,
        isPending: pairing.record.status === "pending",
        session: session?.state ?? stateWithout(pairing, since),
        api: session?.api,
        apps: session?.apps,
        opening,
        openTrouble,
      }));
  }

  close(): void {
    clearTimeout(this.timer);
    for (const id of [...this.pcs.keys()]) this.drop(id);
  }

  private take(pairing: StoredPairing, isKept: boolean, mayConnect = false): void {
    const { now } = this.options;
    const pc: Pc = this.pcs.get(pairing.id) ?? {
      pairing,
      isKept,
      session: undefined,
      since: now(),
      opening: false,
      openTrouble: undefined,
    };
    pc.pairing = pairing;
    pc.isKept = isKept;
    this.pcs.set(pairing.id, pc);
    if (pc.session !== undefined || pairing.record.status === "revoked") return;
    const age = now() - pairing.pairedAt;
    const isSettled = pairing.record.status === "active" || mayConnect || age > CONFIRMATION_MS || age < 0;
    if (isSettled) pc.session = this.connect(pc);
    else this.lookAgain(CONFIRMATION_MS - age);
  }

  private lookAgain(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const { pairing, isKept } of [...this.pcs.values()]) this.take(pairing, isKept);
      this.options.changed();
    }, delayMs + 1_000);
  }

  private connect({ pairing }: Pc): RelaySession | undefined {
    const { connect, keyOf, changed } = this.options;
    const { id } = pairing;
    try {
      return connect(pairing.record, {
        deviceKey: keyOf(pairing.key),
        stateChanged: changed,
        apiChanged: changed,
        recordChanged: (record) => this.recordChanged(id, record),
      });
    } catch (error) {
      // The record is marked as revoked: `take` looks at that first.
      if (error instanceof RelayError) return undefined;
      throw error;
    }
  }

  private recordChanged(id: string, record: PairingRecord): void {
    const pc = this.pcs.get(id);
    if (pc === undefined) return;
    const change = (pairing: StoredPairing): StoredPairing => ({
      ...pairing,
      record,
      ...(record.status === "revoked" && { revokedAt: this.options.now() }),
    });
    pc.pairing = change(pc.pairing);
    this.options.changed();
    if (!pc.isKept) return;
    this.store()
      .then((store) => store.change(id, change))
      .catch(() => {
        // It is so in this tab, and the next session will say the same again.
      });
  }

  private async change(id: string, change: (pairing: StoredPairing) => StoredPairing): Promise<boolean> {
    const pc = this.pcs.get(id);
    if (pc === undefined) return false;
    const isThere = !pc.isKept || (await (await this.store()).change(id, change));
    // The storage was cleared under this page.
    if (!isThere) await this.load();
    else pc.pairing = change(pc.pairing);
    this.options.changed();
    return isThere;
  }

  /** With what cannot be kept there is still this tab. */
  private async keep(pairing: StoredPairing): Promise<boolean> {
    try {
      await (await this.store()).put(pairing);
      return true;
    } catch (error) {
      if (error instanceof StorageError) return false;
      throw error;
    }
  }

  /** Rejects with StorageError. */
  private async store(): Promise<PairingStore> {
    const store = await this.options.store();
    if (store instanceof StorageError) throw store;
    return store;
  }

  private drop(id: string): void {
    this.pcs.get(id)?.session?.close();
    this.pcs.delete(id);
  }
}

function stateWithout({ record, revokedAt }: StoredPairing, since: number): SessionState {
  return record.status === "revoked"
    ? { status: "revoked", since: revokedAt ?? since, problem: { code: "revoked" } }
    : { status: "connecting", since };
}
