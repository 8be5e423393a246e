/**
 * `ora-relay keys`: who may register a node at this relay. A key is shown once, when it is made, and only its hash is
 * kept; a running relay takes over what changes within a second or two.
 */
import { randomBytes } from "node:crypto";
import { EXIT } from "#shared/config/exit-code.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { sha256 } from "../digest-table.ts";
import { EnrolmentError } from "./enrolment-error.ts";
import { type EnrolmentKey, isKeyName, isKeyValid, KEY_NAME_ALLOWED, MAX_KEYS } from "./enrolment-key.ts";
import { readKeyFile, updateKeyFile } from "./key-file.ts";

const KEY_BYTES = 32;
const SECONDS_A_DAY = 86_400;
const MAX_DAYS = 36_500;

const KEYS_HELP = `ora-relay keys: who may register a node at this relay

usage: ora-relay keys add NAME [--days N]   make a key; it is shown this once
       ora-relay keys list                  names and times
       ora-relay keys revoke NAME           its nodes are sent away at once

ORA_RELAY_ENROLL_KEYS_FILE names the file, which holds hashes only. On the PC the key goes into
ORA_RELAY_ENROLL_KEY, or into the settings of the tray app.`;

export interface KeysCommand {
  readonly args: readonly string[];
  /** The file's path; undefined when none is configured. */
  readonly file: string | undefined;
  /** Unix seconds. */
  readonly now: number;
  /** Lines for programs: standard output. */
  readonly print: (line: string) => void;
  /** Remarks and errors: standard error. */
  readonly remark: (line: string) => void;
}

/** Carries one command out. Returns the exit code: 0, 1 when it failed, 64 for wrong arguments, 78 without a file. */
export async function runKeysCommand(command: KeysCommand): Promise<number> {
  const { args, file, print, remark } = command;
  const [verb] = args;
  if (args.length === 0 || verb === "--help" || verb === "-h") {
    print(KEYS_HELP);
    return args.length === 0 ? EXIT.USAGE : EXIT.OK;
  }
  const work = workOf(args);
  if (typeof work === "string") {
    remark(`ora-relay keys: ${work}; try --help`);
    return EXIT.USAGE;
  }
  if (file === undefined) {
    remark("ora-relay keys: set ORA_RELAY_ENROLL_KEYS_FILE to the file that is to hold the keys");
    return EXIT.CONFIG;
  }
  try {
    await work({ ...command, file });
    return EXIT.OK;
  } catch (error) {
    if (!(error instanceof EnrolmentError)) throw error;
    remark(`ora-relay keys: ${error.message}`);
    return EXIT.FAILED;
  }
}

type Work = (command: KeysCommand & { readonly file: string }) => Promise<void>;

/** What the arguments ask for, or what is wrong with them. */
function workOf([verb, ...rest]: readonly string[]): Work | string {
  if (verb === "list") return rest.length === 0 ? list : "list takes no arguments";
  if (verb !== "add" && verb !== "revoke") return `unknown command ${JSON.stringify(verb)}`;
  const [name, ...options] = rest;
  if (name === undefined) return `${verb} needs a name`;
  if (!isKeyName(name)) return `${JSON.stringify(name)} cannot be a name; allowed: ${KEY_NAME_ALLOWED}`;
  if (verb === "revoke")
    return options.length === 0 ? (command) => revoke(command, name) : "one name, no more";
  if (options.length === 0) return (command) => add(command, name);
  const [option, value = ""] = options;
  if (option !== "--days" || options.length > 2) return `unknown argument ${JSON.stringify(option)}`;
  const days = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (days < 1 || days > MAX_DAYS) return `--days takes a whole number from 1 to ${MAX_DAYS}`;
  return (command) => add(command, name, days);
}

async function add({ file, now, print, remark }: Parameters<Work>[0], name: string, days?: number) {
  const secret = encodeBase64Url(randomBytes(KEY_BYTES));
  const key: EnrolmentKey = {
    name,
    hash: sha256(secret).toString("hex"),
    created: now,
    ...(days !== undefined && { expires: now + days * SECONDS_A_DAY }),
  };
  await updateKeyFile(file, (keys) => {
    if (keys.some((other) => other.name === name)) {
      throw new EnrolmentError("key_exists", `there is a key ${JSON.stringify(name)}; revoke it first`);
    }
    if (keys.length >= MAX_KEYS) {
      throw new EnrolmentError("keys_full", `the file holds ${MAX_KEYS} keys; revoke some first`);
    }
    return [...keys, key];
  });
  print(secret);
  remark("This key is not shown again. On the PC, set ORA_RELAY_ENROLL_KEY to it.");
}

async function list({ file, now, print }: Parameters<Work>[0]): Promise<void> {
  const keys = await readKeyFile(file);
  const width = Math.max(4, ...keys.map(({ name }) => name.length));
  print(`${"NAME".padEnd(width)}  MADE        TAKEN UNTIL`);
  for (const key of keys) {
    const { name, created, expires } = key;
    const until = expires === undefined ? "it is revoked" : dateOf(expires);
    print(`${name.padEnd(width)}  ${dateOf(created)}  ${until}${isKeyValid(key, now) ? "" : " (expired)"}`);
  }
}

async function revoke({ file, remark }: Parameters<Work>[0], name: string): Promise<void> {
  await updateKeyFile(file, (keys) => {
    const left = keys.filter((key) => key.name !== name);
    if (left.length === keys.length) {
      throw new EnrolmentError("key_unknown", `there is no key ${JSON.stringify(name)}`);
    }
    return left;
  });
  remark(`${JSON.stringify(name)} is revoked. A running relay sends its nodes away within seconds.`);
}

function dateOf(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(0, 10);
}
