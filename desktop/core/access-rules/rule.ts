/**
 * One access rule of the owner: allow or deny some methods below some path, for everybody or for one device. This
 * is also where text and stored JSON become a rule; anything that could mean two things is refused here.
 */
import { readRuledPath } from "./ruled-path.ts";

export interface AccessRule {
  readonly effect: "allow" | "deny";
  /** Upper case; empty for all. GET stands for HEAD too. */
  readonly methods: readonly string[];
  /** Begins with `/`; covers the path itself and what is below it, segment by segment. */
  readonly prefix: string;
  /** A device's id, or `plaintext` for all plaintext sessions; absent for everybody. */
  readonly device?: string;
}

/** Stands for every plaintext session in a rule's `device`. */
export const PLAINTEXT_DEVICE = "plaintext";

export const MAX_RULES = 100;
/** So that a rule fits one item of the smallest keychain. */
export const MAX_PREFIX_LENGTH = 512;
const MAX_METHODS = 16;

/** Reads a rule from stored JSON; undefined when it is none. */
export function decodeRule(value: unknown): AccessRule | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { effect, methods, prefix, device } = value as Readonly<Record<string, unknown>>;
  if (effect !== "allow" && effect !== "deny") return undefined;
  if (!Array.isArray(methods) || methods.length > MAX_METHODS || !methods.every(isMethod)) return undefined;
  if (typeof prefix !== "string" || !isPrefix(prefix)) return undefined;
  if (device === undefined) return { effect, methods, prefix };
  return typeof device === "string" && /^[\w-]{1,64}$/.test(device)
    ? { effect, methods, prefix, device }
    : undefined;
}

/**
 * Reads a rule as people write it: `allow|deny [GET,POST] /prefix [device ID]`. Undefined when it is none, or when
 * its prefix is not plain (encoded slashes, dots, `//` and the like would never match what they seem to).
 */
export function parseRule(words: readonly string[]): AccessRule | undefined {
  const [effect, ...rest] = words;
  const methods = rest[0]?.startsWith("/") === false ? (rest.shift() ?? "").toUpperCase().split(",") : [];
  const [prefix, keyword, device, ...tooMuch] = rest;
  if (tooMuch.length > 0 || (keyword !== undefined && (keyword !== "device" || device === undefined))) {
    return undefined;
  }
  const every = methods.length === 1 && (methods[0] === "*" || methods[0] === "ALL");
  return decodeRule({ effect, methods: every ? [] : methods, prefix, device });
}

/** A rule as `parseRule` reads it. */
export function formatRule(rule: AccessRule): string {
  const methods = rule.methods.length === 0 ? [] : [rule.methods.join(",")];
  const device = rule.device === undefined ? [] : ["device", rule.device];
  return [rule.effect, ...methods, rule.prefix, ...device].join(" ");
}

function isMethod(value: unknown): value is string {
  return typeof value === "string" && /^[A-Z]{1,32}$/.test(value);
}

function isPrefix(prefix: string): boolean {
  if (!prefix.startsWith("/") || prefix.length > MAX_PREFIX_LENGTH || prefix.includes("?")) return false;
  return readRuledPath(prefix).isWhole;
}
