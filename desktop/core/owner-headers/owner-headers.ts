/**
 * Headers the owner wants on every request to the local API, such as `x-ora-token`: the node adds them, so that no
 * device needs the API's secret. Values rest in the secret store, one item each, are put into requests and shown
 * nowhere. A client's own header of that name never gets through.
 */
import type { HeaderPair, HeaderPairs } from "#shared/mux/heads.ts";
import { headerSpelling } from "../header-spelling.ts";
import { type SecretStore, SecretsError } from "../secrets/secret-store.ts";

export const MAX_OWNER_HEADERS = 32;
/** So that name and value fit one item of the smallest keychain. */
export const MAX_HEADER_VALUE_LENGTH = 1_800;
const MAX_HEADER_NAME_LENGTH = 46;

const ITEM_PREFIX = "header-";
const VERSION = 1;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\x20-\x7e\x80-\xff]+$/;
/** What the node or the HTTP layer says itself. */
const RESERVED =
  /^(host|connection|keep-alive|te|trailer|upgrade|transfer-encoding|content-length|expect|forwarded|x-forwarded-.*|x-real-ip|x-ora-device|x-ora-refused|sec-websocket-.*|proxy-.*)$/;

export type HeaderProblem = "bad_name" | "reserved_name" | "bad_value" | "too_many";

export interface OwnerHeaders {
  /** Items that could not be read; they were left alone, and their headers are missing. */
  readonly damaged: readonly string[];
  /** Names as they were set. Values are never told. */
  names(): string[];
  /** Adds the owner's headers and takes out the client's own of the same names. */
  apply(headers: HeaderPairs): HeaderPairs;
  /** @throws SecretsError when it cannot be stored; then nothing has changed. */
  set(name: string, value: string): Promise<HeaderProblem | undefined>;
  /** False when there was none. @throws SecretsError */
  remove(name: string): Promise<boolean>;
}

export async function loadOwnerHeaders(store: SecretStore): Promise<OwnerHeaders> {
  const headers = new Map<string, HeaderPair>();
  const damaged: string[] = [];
  for (const item of await store.list()) {
    if (!item.startsWith(ITEM_PREFIX)) continue;
    const pair = await readItem(store, item);
    if (pair === undefined) damaged.push(item);
    else headers.set(headerSpelling(pair[0]), pair);
  }
  return {
    damaged,
    names: () => [...headers.values()].map(([name]) => name).sort(),
    apply(given) {
      if (headers.size === 0) return given;
      return [...given.filter(([name]) => !headers.has(headerSpelling(name))), ...headers.values()];
    },
    async set(name, value) {
      if (!TOKEN.test(name) || name.length > MAX_HEADER_NAME_LENGTH) return "bad_name";
      if (RESERVED.test(headerSpelling(name))) return "reserved_name";
      if (!VALUE.test(value) || value.trim() !== value || value.length > MAX_HEADER_VALUE_LENGTH)
        return "bad_value";
      if (!headers.has(headerSpelling(name)) && headers.size >= MAX_OWNER_HEADERS) return "too_many";
      const stored = JSON.stringify({
        v: VERSION,
        name,
        value: Buffer.from(value, "latin1").toString("base64"),
      });
      await store.set(itemOf(name), stored);
      headers.set(headerSpelling(name), [name, value]);
      return undefined;
    },
    async remove(name) {
      if (!TOKEN.test(name) || !headers.has(headerSpelling(name))) return false;
      await store.delete(itemOf(name));
      return headers.delete(headerSpelling(name));
    },
  };
}

/** Header names may hold characters that an item's name may not. */
function itemOf(name: string): string {
  return ITEM_PREFIX + Buffer.from(headerSpelling(name)).toString("hex");
}

async function readItem(store: SecretStore, item: string): Promise<HeaderPair | undefined> {
  try {
    const text = await store.get(item);
    return text === undefined ? undefined : decode(text, item);
  } catch (error) {
    if (error instanceof SecretsError && error.code === "damaged") return undefined;
    throw error;
  }
}

function decode(text: string, item: string): HeaderPair | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    // Damaged; the parser's message would quote the value.
    return undefined;
  }
  if (typeof fields !== "object" || fields === null) return undefined;
  const { v, name, value } = fields as Readonly<Record<string, unknown>>;
  if (v !== VERSION || typeof name !== "string" || typeof value !== "string") return undefined;
  const plain = Buffer.from(value, "base64").toString("latin1");
  const isGood =
    TOKEN.test(name) && VALUE.test(plain) && !RESERVED.test(headerSpelling(name)) && itemOf(name) === item;
  return isGood ? [name, plain] : undefined;
}
