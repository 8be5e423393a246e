/**
 * The jars of all web apps: in memory for each request, and sealed in a file each for the next start. A change is
 * written a moment later, and at the stop. What belongs to a device that is not known any more is removed at the start;
 * a file that cannot be opened is told and replaced, because cookies can be had again.
 */
import { CookieJar } from "#shared/cookies/cookie-jar.ts";
import type { Cancel, Clock } from "../clock.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import type { JarFiles } from "./jar-files.ts";
import { decodeJar, encodeJar } from "./jar-record.ts";
import { type JarSeal, KEY_ITEM, makeSeal, readSeal } from "./jar-seal.ts";

/** How long a change may be in memory alone. */
export const WRITE_DELAY_MS = 1_000;

export interface CookieJars {
  /** Names of what could not be read. */
  readonly damaged: readonly string[];
  /** The jar of a device. The same one as long as the device is known. */
  of(device: string): CookieJar;
  /** Something in a jar may have changed: it is written, if so. */
  touched(device: string): void;
  /** Removes a jar, from memory at once. Rejects when its file stays. */
  forget(device: string): Promise<void>;
  /** Writes what has not been written. Rejects when something could not be. */
  flush(): Promise<void>;
}

export interface CookieJarsOptions {
  readonly files: JarFiles;
  readonly store: SecretStore;
  readonly clock: Clock;
  /** What the local API is called. */
  readonly hosts: readonly string[];
  /** Whether a device is a web app that is known. */
  readonly isApp: (device: string) => boolean;
  /** A write in the background failed. For the log. */
  readonly onStoreError: (error: unknown) => void;
}

/** @throws SecretsError, or the system's error, when what is kept cannot be read at all. */
export async function loadCookieJars(options: CookieJarsOptions): Promise<CookieJars> {
  const { files, store, isApp, clock, hosts } = options;
  const devices = await files.list();
  const seal = devices.length === 0 ? undefined : await readSeal(store);
  const jars = new Map<string, Kept>();
  const damaged: string[] = seal === "damaged" ? [KEY_ITEM] : [];
  for (const device of devices) {
    if (!isApp(device)) {
      await files.remove(device);
      continue;
    }
    const sealed = await files.read(device);
    const opened = typeof seal === "object" && sealed ? seal.open(device, sealed) : undefined;
    const kept = opened === undefined ? undefined : decodeJar(opened);
    if (kept === undefined) damaged.push(`cookies of ${device}`);
    else {
      const jar = new CookieJar({ now: () => clock.now(), hosts, kept });
      jars.set(device, { jar, written: jar.version });
    }
  }
  return new Jars(options, jars, damaged);
}

interface Kept {
  readonly jar: CookieJar;
  /** The version that its file has. */
  written: number;
  cancelWrite?: Cancel;
}

class Jars implements CookieJars {
  readonly damaged: readonly string[];
  private readonly options: CookieJarsOptions;
  private readonly jars: Map<string, Kept>;
  private seal: Promise<JarSeal> | undefined;
  /** Writes and removals happen one after the other: a late write brings no removed jar back. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(options: CookieJarsOptions, jars: Map<string, Kept>, damaged: readonly string[]) {
    this.options = options;
    this.jars = jars;
    this.damaged = damaged;
  }

  of(device: string): CookieJar {
    return this.kept(device).jar;
  }

  touched(device: string): void {
    const kept = this.jars.get(device);
    if (kept === undefined || kept.jar.version === kept.written || kept.cancelWrite !== undefined) return;
    kept.cancelWrite = this.options.clock.after(WRITE_DELAY_MS, () => {
      this.write(device).catch(this.options.onStoreError);
    });
  }

  forget(device: string): Promise<void> {
    this.jars.get(device)?.cancelWrite?.();
    this.jars.delete(device);
    return this.queued(() => this.options.files.remove(device));
  }

  async flush(): Promise<void> {
    const unwritten = [...this.jars].filter(([, { jar, written }]) => jar.version !== written);
    await Promise.all(unwritten.map(([device]) => this.write(device)));
    await this.queue;
  }

  private kept(device: string): Kept {
    const known = this.jars.get(device);
    if (known !== undefined) return known;
    const { clock, hosts, isApp } = this.options;
    const fresh: Kept = { jar: new CookieJar({ now: () => clock.now(), hosts }), written: 0 };
    // A request that outlives its device keeps nothing.
    if (isApp(device)) this.jars.set(device, fresh);
    return fresh;
  }

  private write(device: string): Promise<void> {
    return this.queued(async () => {
      const kept = this.jars.get(device);
      if (kept === undefined) return;
      kept.cancelWrite?.();
      delete kept.cancelWrite;
      const cookies = kept.jar.list();
      const { version } = kept.jar;
      const bytes = encodeJar(cookies);
      await this.options.files.write(device, (await this.sealing()).seal(device, bytes));
      kept.written = version;
    });
  }

  private sealing(): Promise<JarSeal> {
    const { store } = this.options;
    // A key that cannot be read is replaced with the files that it sealed: they are worth nothing without it.
    this.seal ??= readSeal(store).then((seal) => (typeof seal === "object" ? seal : makeSeal(store)));
    // Tried again with the next write.
    this.seal.catch(() => {
      this.seal = undefined;
    });
    return this.seal;
  }

  private queued(act: () => Promise<void>): Promise<void> {
    const done = this.queue.then(act);
    // The one who asked hears of the failure; the next write goes on.
    this.queue = done.catch(() => undefined);
    return done;
  }
}
