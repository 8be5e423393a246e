/** The arguments of a program that takes its settings from the environment: none but the two everybody tries. */
import { EXIT } from "#shared/config/exit-code.ts";
import { VERSION } from "#shared/protocol/version.ts";

export type Arguments =
  | { readonly kind: "run" }
  | { readonly kind: "answer"; readonly text: string; readonly exitCode: number; readonly isError: boolean };

/** `program` is what the user calls it; `help` ends in no newline. */
export function readArguments(args: readonly string[], program: string, help: string): Arguments {
  const [first] = args;
  if (first === undefined) return { kind: "run" };
  if (args.length === 1 && (first === "--help" || first === "-h")) {
    return { kind: "answer", text: help, exitCode: EXIT.OK, isError: false };
  }
  if (args.length === 1 && first === "--version") {
    return { kind: "answer", text: `${program} ${VERSION}`, exitCode: EXIT.OK, isError: false };
  }
  const unknown = args.find((arg) => !["--help", "-h", "--version"].includes(arg)) ?? first;
  const text = `${program}: unknown argument ${JSON.stringify(unknown)}; try --help`;
  return { kind: "answer", text, exitCode: EXIT.USAGE, isError: true };
}
