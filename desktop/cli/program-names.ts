/**
 * What the owner types to start our programs again, for hints that he can paste: `npm run node --` in a checkout,
 * `ora-node` where it is installed as a program.
 */

export interface ProgramNames {
  readonly node: string;
  readonly connect: string;
}

export const CHECKOUT_NAMES: ProgramNames = { node: "npm run node --", connect: "npm run connect --" };
export const INSTALLED_NAMES: ProgramNames = { node: "ora-node", connect: "ora-connect" };

/** npm puts an installed program's name on the path, and its file into `node_modules`. */
const INSTALLED_SCRIPT = /[\\/](ora-[a-z]+(\.\w+)?$|node_modules[\\/])/;
/** Those of package.json whose programs give such hints. */
const NPM_SCRIPTS: ReadonlySet<string | undefined> = new Set(["start", "node", "connect"]);

export interface StartedAs {
  /** The path of the running program: the second word of `process.argv`. */
  readonly script: string | undefined;
  /** `npm_lifecycle_event`: the script that npm runs, if any. */
  readonly npmScript: string | undefined;
}

export function programNames({ script = "", npmScript }: StartedAs): ProgramNames {
  if (INSTALLED_SCRIPT.test(script)) return INSTALLED_NAMES;
  // A bundle that was copied somewhere is neither; there is no name that would be right, and this one says what it is.
  const isCheckout = NPM_SCRIPTS.has(npmScript) || /[\\/]dist[\\/][a-z]+\.mjs$/.test(script);
  return isCheckout ? CHECKOUT_NAMES : INSTALLED_NAMES;
}

/** The names under which this very process was started. */
export function ownNames({ argv, env }: Pick<NodeJS.Process, "argv" | "env">): ProgramNames {
  return programNames({ script: argv[1], npmScript: env.npm_lifecycle_event });
}
