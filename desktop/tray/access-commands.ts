/** The owner's rules and headers, as the settings window changes and asks them. */
import { decideAccess } from "../core/access-rules/decide.ts";
import { decodeRule, PLAINTEXT_DEVICE } from "../core/access-rules/rule.ts";
import type { NodeCore } from "../core/node-core.ts";
import type { CommandInputs } from "../windows/contract/commands.ts";
import type { AccessAnswer, Problem, Result } from "../windows/contract/results.ts";

const DONE = { ok: true, value: undefined } as const;
const refused = (problem: Problem) => ({ ok: false, problem }) as const;

/** @throws {SecretsError} */
export async function addRule(
  node: NodeCore | undefined,
  input: CommandInputs["addRule"],
): Promise<Result<undefined>> {
  if (node === undefined) return refused("gone");
  const { device } = input;
  if (device !== undefined && device !== PLAINTEXT_DEVICE && node.devices.get(device) === undefined) {
    return refused("unknown_device");
  }
  const rule = decodeRule(input);
  if (rule === undefined) return refused("bad_prefix");
  const number = await node.rules.add(rule);
  return number === undefined ? refused("too_many") : DONE;
}

/** Never changes anything. */
export function wouldAllow(
  node: NodeCore | undefined,
  { device, method, path }: CommandInputs["wouldAllow"],
): Result<AccessAnswer> {
  if (node === undefined) return refused("gone");
  if (!path.startsWith("/")) return refused("bad_prefix");
  if (node.rules.damaged.length > 0) {
    return { ok: true, value: { allowed: false, reason: "rules_damaged" } };
  }
  const lineage = node.devices.lineage(device);
  if (lineage.length === 0 && device !== PLAINTEXT_DEVICE) return refused("unknown_device");
  const subject = {
    devices: device === PLAINTEXT_DEVICE ? [PLAINTEXT_DEVICE] : lineage.map(({ id }) => id),
    readOnly: lineage.some(({ readOnly }) => readOnly === true),
  };
  const value: AccessAnswer = decideAccess(node.rules.rules, subject, {
    method,
    path,
    isWebSocket: false,
    headerNames: [],
  });
  return { ok: true, value };
}

/** @throws {SecretsError} */
export async function setHeader(
  node: NodeCore | undefined,
  { name, value }: CommandInputs["setHeader"],
): Promise<Result<undefined>> {
  if (node === undefined) return refused("gone");
  const problem = await node.headers.set(name, value);
  switch (problem) {
    case undefined:
      return DONE;
    case "bad_name":
      return refused("bad_header_name");
    case "reserved_name":
      return refused("reserved_header");
    case "bad_value":
      return refused("bad_header_value");
    case "too_many":
      return refused("too_many");
  }
}
