/**
 * May this device do that? A pure decision over the owner's rules (protocol section 8). A deny rule that matches
 * refuses; where there are allow rules one of them must match; read only permits GET, HEAD and OPTIONS and no
 * WebSocket, which could carry anything. Doubt on a ruled prefix refuses.
 */
import { asksForAnotherMethod } from "./method-override.ts";
import type { AccessRule } from "./rule.ts";
import { fold, type RuledPath, readRuledPath } from "./ruled-path.ts";

/** Who asks. A child may do no more than the device that let it in, so both stand here. */
export interface AccessSubject {
  /** The device and those it descends from; rules for any of them apply. */
  readonly devices: readonly string[];
  readonly readOnly: boolean;
}

export interface AccessRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  readonly isWebSocket: boolean;
  readonly headerNames: readonly string[];
}

type AccessReason =
  /** Read only, and this could change something. */
  | "read_only"
  /** A deny rule matches. */
  | "denied_by_rule"
  /** There are allow rules, and none matches. */
  | "not_allowed"
  /** Servers read this path in different ways, and one of them is ruled. */
  | "ambiguous_path"
  /** A header or the query asks for another method than the one the rules look at. */
  | "method_override";

export type AccessDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: AccessReason };

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const ALLOWED: AccessDecision = { allowed: true };

/** Decides one request. Order of the rules does not matter. */
export function decideAccess(
  rules: readonly AccessRule[],
  subject: AccessSubject,
  request: AccessRequest,
): AccessDecision {
  const applying = rules.filter(({ device }) => device === undefined || subject.devices.includes(device));
  if (applying.length === 0 && !subject.readOnly) return ALLOWED;
  const methodMatters = subject.readOnly || applying.some((rule) => rule.methods.length > 0);
  if (methodMatters && asksForAnotherMethod(request.headerNames, request.path)) {
    return refused("method_override");
  }
  if (subject.readOnly && (request.isWebSocket || !SAFE_METHODS.has(request.method)))
    return refused("read_only");

  const path = readRuledPath(request.path);
  const denials = applying.filter((rule) => rule.effect === "deny" && coversMethod(rule, request.method));
  const denial = strongest(denials.map((rule) => covers(rule, path)));
  if (denial === "yes") return refused("denied_by_rule");
  if (denial === "unsure") return refused("ambiguous_path");

  const allowances = applying.filter((rule) => rule.effect === "allow");
  if (allowances.length === 0) return ALLOWED;
  const byMethod = allowances.filter((rule) => coversMethod(rule, request.method));
  const allowance = strongest(byMethod.map((rule) => covers(rule, path)));
  if (allowance === "yes") return ALLOWED;
  return refused(allowance === "unsure" ? "ambiguous_path" : "not_allowed");
}

type Match = "yes" | "unsure" | "no";

function covers(rule: AccessRule, path: RuledPath): Match {
  const prefix = readRuledPath(rule.prefix).known;
  if (prefix.length === 0) return "yes";
  // A server may ignore case, so a deny rule does; an allow rule opens only what it names.
  const same = (a: string, b: string) => (rule.effect === "deny" ? fold(a) === fold(b) : a === b);
  const { known } = path;
  const differs = prefix.some((segment, index) => {
    const there = known[index];
    return there !== undefined && !same(segment, there);
  });
  if (path.mayClimb) return "unsure";
  if (differs) return "no";
  if (prefix.length <= known.length) return "yes";
  return path.isWhole ? "no" : "unsure";
}

function coversMethod(rule: AccessRule, method: string): boolean {
  if (rule.methods.length === 0) return true;
  const name = rule.effect === "deny" ? method.toUpperCase() : method;
  return rule.methods.includes(name) || (name === "HEAD" && rule.methods.includes("GET"));
}

function strongest(matches: readonly Match[]): Match {
  if (matches.includes("yes")) return "yes";
  return matches.includes("unsure") ? "unsure" : "no";
}

function refused(reason: AccessReason): AccessDecision {
  return { allowed: false, reason };
}
