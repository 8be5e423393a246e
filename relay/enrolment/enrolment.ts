/**
 * Which nodes may register: those that know the one key of the configuration, or a key of the file. The file is looked
 * at every second: a key that was added is taken, and the nodes of one that was revoked or has expired are sent away,
 * all without a restart. A file that cannot be read any more changes nothing, and the log says so.
 */
import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";
import { sha256 } from "../digest-table.ts";
import { FileWatch } from "../file-watch.ts";
import type { Log } from "../log.ts";
import { EnrolmentError } from "./enrolment-error.ts";
import { type EnrolmentKey, isKeyValid } from "./enrolment-key.ts";
import { readKeyFile } from "./key-file.ts";

/** How often the file is looked at. Milliseconds. */
export const KEY_FILE_CHECK_MS = 1_000;

/** Somebody who got in with a key. */
export interface Enrolled {
  /** The key is taken no more. */
  expel(): void;
}

interface Accepted {
  readonly name: string | undefined;
  readonly hash: string;
}

export interface EnrolmentOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The one key that needs no file. */
  readonly key: string | undefined;
  /** The file's path. */
  readonly file: string | undefined;
}

export class Enrolment {
  private readonly options: EnrolmentOptions;
  private readonly fixed: Accepted[];
  private keys: EnrolmentKey[] = [];
  private problem = "";
  private readonly watch: FileWatch | undefined;
  private readonly members = new Map<string, Set<Enrolled>>();

  constructor(options: EnrolmentOptions) {
    this.options = options;
    const { key, file, clock } = options;
    this.watch =
      file === undefined
        ? undefined
        : new FileWatch({
            clock,
            paths: [file],
            everyMs: KEY_FILE_CHECK_MS,
            changed: () => this.read(file),
            failed: (error) => this.failed(error),
            looked: () => this.expel(),
          });
    this.fixed = key === undefined ? [] : [{ name: undefined, hash: sha256(key).toString("hex") }];
  }

  /** Whether a node needs a key at all. */
  get isRequired(): boolean {
    return this.options.key !== undefined || this.options.file !== undefined;
  }

  /**
   * Reads the file for the first time, and goes on looking at it.
   * @throws {EnrolmentError} when it cannot be read: a relay that was told to ask for keys does not start without.
   */
  async start(): Promise<void> {
    await this.watch?.start();
  }

  stop(): void {
    this.watch?.stop();
  }

  /** The hash of the key that `secret` is; undefined when nobody may register with it. Takes the same time for all. */
  keyFor(secret: string): string | undefined {
    const given = sha256(secret);
    let found: string | undefined;
    for (const { hash } of this.accepted()) {
      if (timingSafeEqual(given, Buffer.from(hash, "hex"))) found = hash;
    }
    return found;
  }

  /** From now on `member` is told when the key it came with is taken no more. Returns how to leave. */
  join(keyHash: string, member: Enrolled): () => void {
    const members = this.members.get(keyHash) ?? new Set();
    this.members.set(keyHash, members.add(member));
    return () => {
      members.delete(member);
      if (members.size === 0 && this.members.get(keyHash) === members) this.members.delete(keyHash);
    };
  }

  private accepted(): Accepted[] {
    const now = this.options.clock.unixSeconds();
    return [...this.fixed, ...this.keys.filter((key) => isKeyValid(key, now))];
  }

  private async read(file: string): Promise<void> {
    this.keys = await readKeyFile(file);
    this.problem = "";
    this.options.log.info({ keys: this.keys.length }, "enrolment keys read");
  }

  private failed(error: unknown): void {
    const problem = error instanceof EnrolmentError ? error.code : "keys_missing";
    // Once, not at every look.
    if (problem !== this.problem) this.options.log.error({ problem }, "enrolment keys not read");
    this.problem = problem;
  }

  private expel(): void {
    const accepted = new Set(this.accepted().map(({ hash }) => hash));
    for (const [hash, members] of this.members) {
      if (accepted.has(hash)) continue;
      this.members.delete(hash);
      this.options.log.info({ nodes: members.size }, "enrolment key taken no more");
      for (const member of members) member.expel();
    }
  }
}
