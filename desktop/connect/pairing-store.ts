/**
 * The PCs that `ora-connect` remembers, by name: one small item each in the same secret store as the node's, under names
 * of their own. Names are compared without regard to case and punctuation. A damaged item is an error that says which,
 * and is left as it is.
 */
import { decodePairingRecord, type PairingRecord } from "#shared/client/pairing-record.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { isFields, parseFields } from "#shared/protocol/json-fields.ts";
import { type SecretStore, SecretsError } from "../core/secrets/secret-store.ts";

const PREFIX = "connect-";
const PRIVATE_KEY_BYTES = 32;
/** Of a name, in UTF-16 units, so that an item stays small. */
const MAX_NAME_LENGTH = 100;
/** Of its slug. */
const MAX_SLUG_LENGTH = 60;

/** Words that are commands, and so never names. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(["list", "forget"]);

export interface RememberedPc {
  /** As it was given or as the PC calls itself. */
  readonly name: string;
  readonly record: PairingRecord;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
}

export interface PairingStore {
  readonly kind: SecretStore["kind"];
  /** All that can be read, and the names of those that cannot. */
  list(): Promise<{ readonly pcs: RememberedPc[]; readonly damaged: string[] }>;
  find(name: string): Promise<RememberedPc | undefined>;
  /** Replaces what has this name. */
  save(pc: RememberedPc): Promise<void>;
  /** True when there was one. */
  forget(name: string): Promise<boolean>;
}

/** What two names have in common when they are the same: lower case, hyphens for all else. Empty for a name without letters. */
export function slugOf(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG_LENGTH)
    .replace(/^-+|-+$/g, "");
}

export function isUsableName(name: string): boolean {
  const slug = slugOf(name);
  return slug !== "" && name.length <= MAX_NAME_LENGTH && !RESERVED_NAMES.has(slug);
}

export function pairingStore(secrets: SecretStore): PairingStore {
  const itemOf = (name: string) => PREFIX + slugOf(name);

  async function read(item: string): Promise<RememberedPc | undefined> {
    const text = await secrets.get(item);
    if (text === undefined) return undefined;
    const pc = decode(text);
    if (pc !== undefined) return pc;
    const name = item.slice(PREFIX.length);
    throw new SecretsError("damaged", `what is remembered of "${name}" is damaged: forget it and pair again`);
  }

  return {
    kind: secrets.kind,
    async list() {
      const items = (await secrets.list()).filter((item) => item.startsWith(PREFIX));
      const pcs: RememberedPc[] = [];
      const damaged: string[] = [];
      for (const item of items) {
        const text = await secrets.get(item).catch((error: unknown) => {
          if (error instanceof SecretsError && error.code === "damaged") return "";
          throw error;
        });
        const pc = text === undefined ? undefined : decode(text);
        if (pc !== undefined) pcs.push(pc);
        else if (text !== undefined) damaged.push(item.slice(PREFIX.length));
      }
      return { pcs, damaged };
    },
    async find(name) {
      // What is asked for may be a code, which is not to be written into a path or a keychain's log.
      const item = itemOf(name);
      return (await secrets.list()).includes(item) ? read(item) : undefined;
    },
    async save({ name, record, privateKey }) {
      await secrets.set(
        itemOf(name),
        JSON.stringify({ v: 1, name, key: encodeBase64Url(privateKey), ...record }),
      );
    },
    async forget(name) {
      return slugOf(name) !== "" && secrets.delete(itemOf(name));
    },
  };
}

function decode(text: string): RememberedPc | undefined {
  const fields = parseFields(text);
  if (!isFields(fields) || fields.v !== 1 || typeof fields.name !== "string") return undefined;
  const record = decodePairingRecord(fields);
  const privateKey = typeof fields.key === "string" ? decodeBase64Url(fields.key) : undefined;
  if (record === undefined || privateKey?.length !== PRIVATE_KEY_BYTES) return undefined;
  return { name: fields.name, record, privateKey };
}
