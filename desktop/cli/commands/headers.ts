/** `ora-node headers`: the owner's headers. A value comes on standard input and is shown nowhere. */

import { EXIT } from "#shared/config/exit-code.ts";
import {
  type HeaderProblem,
  MAX_HEADER_VALUE_LENGTH,
  MAX_OWNER_HEADERS,
} from "../../core/owner-headers/owner-headers.ts";
import { type Command, type CommandContext, misused } from "./command.ts";

export const headersCommand: Command = {
  name: "headers",
  usage: "[list] | set NAME (its value on standard input) | remove NAME",
  summary: "headers that this PC adds to every request, such as x-ora-token",
  readsInput: ([word]) => word === "set",
  async run(context) {
    const { args, target, print } = context;
    const { headers } = target.memory;
    const [word = "list", name, ...tooMuch] = args;
    if (tooMuch.length > 0) return misused(headersCommand, context);
    if (word === "list" && name === undefined) {
      for (const known of headers.names()) print(`${known}: ••••••••`);
      if (headers.names().length === 0) print("no headers are added");
      for (const item of headers.damaged) print(`${item} cannot be read; it was left as it is`);
      return EXIT.OK;
    }
    if (word === "remove" && name !== undefined) {
      const wasThere = await headers.remove(name);
      print(wasThere ? `${name} is not added any more` : `there is no header ${JSON.stringify(name)}`);
      return wasThere ? EXIT.OK : EXIT.FAILED;
    }
    if (word === "set" && name !== undefined) return set(context, name);
    return misused(headersCommand, context);
  },
};

async function set({ input, target, print }: CommandContext, name: string): Promise<number> {
  // One line, as `echo` and editors end it.
  const value = input?.replace(/\r?\n$/, "") ?? "";
  const problem = await target.memory.headers.set(name, value);
  if (problem !== undefined) {
    print(PROBLEMS[problem]);
    return EXIT.FAILED;
  }
  print(`${name} is added to every request from now on`);
  return EXIT.OK;
}

const PROBLEMS: Readonly<Record<HeaderProblem, string>> = {
  bad_name: "that is no header name",
  reserved_name: "this node or HTTP itself sets that header",
  bad_value: `a value is one line of visible characters, at most ${MAX_HEADER_VALUE_LENGTH}, on standard input`,
  too_many: `there are ${MAX_OWNER_HEADERS} headers already`,
};
