/**
 * The route tokens that one node has registered, as hashes: which device each belongs to and until when. The node is
 * the source of truth and this a cache that lives and dies with its connection.
 */
import { decodeBase64Url } from "#shared/protocol/base64url.ts";
import { MAX_SESSION_TTL_SEC, MAX_SESSIONS_PER_NODE } from "#shared/protocol/v2/limits.ts";
import { RELAY_ERROR, type SessionEntry } from "#shared/protocol/v2/relay-messages.ts";
import type { Clock } from "../clock.ts";
import { DigestTable, type Expiring, sha256 } from "../digest-table.ts";
import { DEVICES_OF_RIGHT, MAX_DEVICES } from "../limits.ts";

interface Device extends Expiring {
  readonly device: string;
}

/** How many tokens all nodes have registered. */
export class DeviceCount {
  total = 0;
  readonly max: number;
  /** So many each node may have all the same. */
  readonly ofRight: number;

  constructor(max = MAX_DEVICES, ofRight = DEVICES_OF_RIGHT) {
    this.max = max;
    this.ofRight = ofRight;
  }
}

export class Devices {
  private readonly clock: Clock;
  private readonly count: DeviceCount;
  private table: DigestTable<Device>;

  constructor(options: { clock: Clock; count: DeviceCount }) {
    this.clock = options.clock;
    this.count = options.count;
    this.table = this.emptyTable();
  }

  /** Adds or renews a token. Why not, when not. */
  add({ hash, device, ttl }: SessionEntry): string | undefined {
    const digest = Buffer.from(decodeBase64Url(hash) ?? []);
    const isNew = this.table.get(digest) === undefined;
    // A few nodes with a full house each shall not keep the others' phones out.
    const isEntitled = this.table.size < this.count.ofRight;
    if (isNew && !isEntitled && this.count.total >= this.count.max) return RELAY_ERROR.RELAY_FULL;
    const expiresAt = this.clock.now() + Math.min(ttl, MAX_SESSION_TTL_SEC) * 1000;
    // Setting again what is there counts one out and one in.
    if (!this.table.set({ digest, device, expiresAt })) return RELAY_ERROR.TOO_MANY_SESSIONS;
    this.count.total += 1;
    return undefined;
  }

  /** The device that a token belongs to. */
  find(token: string): string | undefined {
    return this.table.get(sha256(decodeBase64Url(token) ?? ""))?.device;
  }

  /** Forgets every token of these devices, in one pass. */
  remove(devices: ReadonlySet<string>): void {
    if (devices.size === 0) return;
    for (const entry of this.table.values()) if (devices.has(entry.device)) this.table.delete(entry);
  }

  clear(): void {
    this.count.total -= this.table.size;
    this.table = this.emptyTable();
  }

  private emptyTable(): DigestTable<Device> {
    return new DigestTable({
      clock: this.clock,
      max: MAX_SESSIONS_PER_NODE,
      removed: () => {
        this.count.total -= 1;
      },
    });
  }
}
