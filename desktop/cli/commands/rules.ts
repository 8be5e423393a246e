/** `ora-node rules`: what devices may do, and what would happen to a request. */

import { EXIT } from "#shared/config/exit-code.ts";
import { decideAccess } from "../../core/access-rules/decide.ts";
import { formatRule, MAX_RULES, parseRule } from "../../core/access-rules/rule.ts";
import { type Command, type CommandContext, misused } from "./command.ts";

export const rulesCommand: Command = {
  name: "rules",
  usage: "[list] | add allow|deny [METHODS] /PREFIX [device ID] | remove NUMBER | test METHOD /PATH [ID]",
  summary: "what devices may do, by method and path",
  async run(context) {
    const [word = "list", ...rest] = context.args;
    switch (word) {
      case "list":
        return rest.length === 0 ? list(context) : misused(rulesCommand, context);
      case "add":
        return add(context, rest);
      case "remove":
        return remove(context, rest);
      case "test":
        return test(context, rest);
      default:
        return misused(rulesCommand, context);
    }
  },
};

function list({ target, print }: CommandContext): number {
  const { rules } = target.memory;
  for (const { number, rule } of rules.list()) print(`${number}  ${formatRule(rule)}`);
  if (rules.list().length === 0) print("no rules: paired devices may do everything");
  else if (rules.list().some(({ rule }) => rule.effect === "allow")) {
    print("there are allow rules: what none of them covers is refused");
  }
  for (const item of rules.damaged) {
    const number = item.replace("rule-", "");
    print(`rule ${number} cannot be read: until it is removed everything is refused`);
  }
  return EXIT.OK;
}

async function add({ target, print, names }: CommandContext, words: readonly string[]): Promise<number> {
  const rule = parseRule(words);
  if (rule === undefined) {
    const [verb = ""] = words;
    print(
      verb === "allow" || verb === "deny"
        ? "that is no rule. A prefix is plain: it begins with /, without %2F, .., //, ; or ?. For example:"
        : `a rule begins with allow or deny, not with ${JSON.stringify(verb.slice(0, 80))}. For example:`,
    );
    print(`  ${names.node} rules add deny POST,DELETE /admin`);
    print(`  ${names.node} rules add allow /api device abcdefg2`);
    return EXIT.USAGE;
  }
  const number = await target.memory.rules.add(rule);
  if (number === undefined) {
    print(`there are ${MAX_RULES} rules already`);
    return EXIT.FAILED;
  }
  print(`${number}  ${formatRule(rule)}`);
  return EXIT.OK;
}

async function remove(context: CommandContext, words: readonly string[]): Promise<number> {
  const { target, print } = context;
  const [text = ""] = words;
  const isNumber = /^\d{1,6}$/.test(text) && words.length === 1;
  if (!isNumber) return misused(rulesCommand, context);
  const wasThere = await target.memory.rules.remove(Number(text));
  print(wasThere ? `rule ${Number(text)} is gone` : `there is no rule ${Number(text)}`);
  return wasThere ? EXIT.OK : EXIT.FAILED;
}

function test(context: CommandContext, words: readonly string[]): number {
  const { target, print } = context;
  const [method, path, device, ...tooMuch] = words;
  if (method === undefined || !path?.startsWith("/") || tooMuch.length > 0)
    return misused(rulesCommand, context);
  const { rules, devices } = target.memory;
  const lineage = device === undefined ? [] : devices.lineage(device);
  const subject = {
    devices: device === undefined ? [] : [device, ...lineage.map(({ id }) => id)],
    readOnly: lineage.some(({ readOnly }) => readOnly === true),
  };
  const asked = { method: method.toUpperCase(), path, isWebSocket: false, headerNames: [] };
  const decision = decideAccess(rules.rules, subject, asked);
  print(decision.allowed ? "allowed" : `refused: ${decision.reason}`);
  return decision.allowed ? EXIT.OK : EXIT.FAILED;
}
