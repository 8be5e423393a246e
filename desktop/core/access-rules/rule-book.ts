/**
 * The owner's rules, in memory for each request and one item each in the secret store, so that no other program can
 * loosen them. A rule that cannot be read is reported and kept; while there is one, nothing is served, because nobody
 * knows what it was meant to forbid.
 */
import { type SecretStore, SecretsError } from "../secrets/secret-store.ts";
import { type AccessRule, decodeRule, formatRule, MAX_RULES } from "./rule.ts";

const ITEM_PREFIX = "rule-";
const VERSION = 1;

/** Refuses everything: in force while a rule cannot be read. */
const NOTHING: readonly AccessRule[] = [{ effect: "deny", methods: [], prefix: "/" }];

interface NumberedRule {
  /** Stays the same while the rule exists. */
  readonly number: number;
  readonly rule: AccessRule;
}

export interface RuleBook {
  readonly damaged: readonly string[];
  /** What is in force. */
  readonly rules: readonly AccessRule[];
  list(): NumberedRule[];
  /** Undefined at the limit. Returns the number it has; an equal rule is not added twice. @throws SecretsError */
  add(rule: AccessRule): Promise<number | undefined>;
  /** Also removes a damaged one. @throws SecretsError */
  remove(number: number): Promise<boolean>;
}

export async function loadRules(store: SecretStore): Promise<RuleBook> {
  const rules = new Map<number, AccessRule>();
  let damaged: string[] = [];
  for (const item of await store.list()) {
    const number = numberOf(item);
    if (number === undefined) continue;
    const rule = await readItem(store, item);
    if (rule === undefined) damaged.push(item);
    else rules.set(number, rule);
  }
  let inForce: readonly AccessRule[] = [];
  const update = () => {
    inForce = damaged.length > 0 ? NOTHING : [...rules.values()];
  };
  update();
  return {
    get damaged() {
      return damaged;
    },
    get rules() {
      return inForce;
    },
    list: () =>
      [...rules]
        .map(([number, rule]) => ({ number, rule }))
        .sort((left, right) => left.number - right.number),
    async add(rule) {
      const same = [...rules].find(([, other]) => formatRule(other) === formatRule(rule));
      if (same !== undefined) return same[0];
      if (rules.size >= MAX_RULES) return undefined;
      const taken = [...rules.keys(), ...damaged.map((item) => numberOf(item) ?? 0)];
      const number = Math.max(0, ...taken) + 1;
      await store.set(itemOf(number), JSON.stringify({ v: VERSION, ...rule }));
      rules.set(number, rule);
      update();
      return number;
    },
    async remove(number) {
      const item = itemOf(number);
      if (!rules.has(number) && !damaged.includes(item)) return false;
      await store.delete(item);
      rules.delete(number);
      damaged = damaged.filter((other) => other !== item);
      update();
      return true;
    },
  };
}

function itemOf(number: number): string {
  return `${ITEM_PREFIX}${number}`;
}

function numberOf(item: string): number | undefined {
  const match = /^rule-([1-9]\d{0,5})$/.exec(item);
  return match === null ? undefined : Number(match[1]);
}

async function readItem(store: SecretStore, item: string): Promise<AccessRule | undefined> {
  try {
    const value: unknown = JSON.parse((await store.get(item)) ?? "");
    const isCurrent = typeof value === "object" && value !== null && "v" in value && value.v === VERSION;
    return isCurrent ? decodeRule(value) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof SecretsError && error.code === "damaged")) {
      return undefined;
    }
    throw error;
  }
}
