/** Our own programs, started as a person starts them from a checkout. */
import { fileURLToPath } from "node:url";
import { type Program, startProgram } from "./program.ts";

export const checkout = fileURLToPath(new URL("../../", import.meta.url));

/** `npm run NAME -- ARGS`, without npm in between, so that signals reach the program itself. */
export function runScript(
  name: "relay" | "node" | "start" | "connect" | "soak",
  options: { args?: readonly string[]; env?: Record<string, string>; cwd?: string } = {},
): Program {
  const { args = [], env = {}, cwd = checkout } = options;
  return startProgram(process.execPath, [`${checkout}esbuild.config.mjs`, "run", name, "--", ...args], {
    env,
    cwd,
  });
}
