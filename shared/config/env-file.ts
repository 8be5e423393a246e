/**
 * What both programs ask of a `.env` before they believe it: that nobody else could have written it, and that every
 * line says what it seems to say. Node's own parser passes over what it does not understand, and takes the next line
 * with it.
 */
import { ConfigError } from "#shared/config/settings.ts";

/** Of a file's status, what tells who can write it. */
export interface FileOwnership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;

/**
 * Refuses a file that others than `user` and root may have written. `user` is a POSIX user id; undefined where there is
 * none, and nothing is refused.
 * @throws {ConfigError} in one line.
 */
export function requireOwnFile(path: string, file: FileOwnership, user: number | undefined): void {
  if (user === undefined) return;
  if (file.uid !== user && file.uid !== 0) {
    throw unsafe(path, "belongs to another user", "make it your own");
  }
  // Where each user has a group to himself, of the same number, files are writable by it as a matter of course.
  const isShared = (file.mode & GROUP_WRITES) !== 0 && file.gid !== file.uid;
  if (isShared || (file.mode & OTHERS_WRITE) !== 0) {
    throw unsafe(path, "can be changed by other users", "chmod 600 it");
  }
}

/** A name, as a shell and Node know it; then the value. */
const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*(.*)$/;
const NOTHING = /^\s*(#.*)?$/;

/**
 * The assignments of a `.env`, for a parser, when every line of it is blank, a comment or NAME=value. A value in
 * quotes may run over several lines; after its end only a comment may follow.
 * @throws {ConfigError} that names the line, and none of its content.
 */
export function checkedEnvText(path: string, raw: string): string {
  const lines = raw.split(/\r\n|\n|\r/);
  // Node's parser takes a comment that is indented for the beginning of a name, so none is left in.
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (NOTHING.test(line)) continue;
    const value = ASSIGNMENT.exec(line)?.[1];
    if (value === undefined) throw badLine(path, at, "is neither NAME=value nor a comment");
    const quote = value[0];
    const first = at;
    // A byte order mark is white space as well.
    kept.push(line.trimStart());
    if (quote !== '"' && quote !== "'" && quote !== "`") continue;
    let rest = value.slice(1);
    while (!rest.includes(quote)) {
      at += 1;
      const next = lines[at];
      if (next === undefined) throw badLine(path, first, "begins a value in quotes that does not end");
      kept.push(next);
      rest = next;
    }
    if (!NOTHING.test(rest.slice(rest.indexOf(quote) + 1))) {
      throw badLine(path, at, "goes on after the end of a value in quotes");
    }
  }
  return kept.join("\n");
}

/** What a program says when it has read a `.env`. */
export function envFileLine(directory: string): string {
  return `settings from .env in ${directory}`;
}

function badLine(path: string, index: number, why: string): ConfigError {
  return new ConfigError("config_bad_line", path, `line ${index + 1} of ${path} ${why}`);
}

function unsafe(path: string, why: string, remedy: string): ConfigError {
  return new ConfigError("config_unsafe_file", path, `${path} ${why}: ${remedy}, or remove it`);
}
