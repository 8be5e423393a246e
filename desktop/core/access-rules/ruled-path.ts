/**
 * A request's path as rules see it: a decoded copy that decides, while the original bytes are forwarded (protocol
 * section 8). Servers disagree about `%2f`, `;`, `//`, `..` and worse, so only the leading segments that every
 * server reads alike count as known; from the first doubtful one on, anything may follow.
 */

export interface RuledPath {
  /** The leading segments whose meaning is certain, decoded once, case kept. */
  readonly known: readonly string[];
  /** Whether those are all. */
  readonly isWhole: boolean;
  /** Whether some server could read the rest as leaving the known segments upwards. */
  readonly mayClimb: boolean;
}

/** Decoding a path this often and finding more to decode is a trick, whatever comes out. */
const MAX_DECODINGS = 4;

/** Reads the path of a request target; the query does not count. */
export function readRuledPath(target: string): RuledPath {
  const path = target.split("?", 1)[0] ?? "";
  const raw = path.split("/").slice(1);
  // One slash at the end names the same place for nearly every server, and a rule's prefix covers both.
  if (raw.at(-1) === "") raw.pop();
  const known: string[] = [];
  for (const [index, segment] of raw.entries()) {
    const text = certain(segment);
    if (text === undefined) {
      return { known, isWhole: false, mayClimb: mayClimb(raw.slice(index).join("/")) };
    }
    known.push(text);
  }
  return { known, isWhole: path.startsWith("/"), mayClimb: !path.startsWith("/") };
}

/** Compatibility forms and case folded: what a lenient server might take for the same name. */
export function fold(segment: string): string {
  return segment.normalize("NFKC").toLowerCase();
}

/** The segment decoded once when no server could read it otherwise; else undefined. */
function certain(raw: string): string | undefined {
  if (raw === "" || /[^!-~]/.test(raw)) return undefined;
  const text = decode(raw);
  if (text === undefined) return undefined;
  const lenient = text.normalize("NFKC");
  // Separators, parameters, control characters, what is left of a second encoding, and NTFS streams.
  if (hasControl(lenient) || /[/\\;?#]|%[0-9a-f]{2}|%u|:.*\$/i.test(lenient)) return undefined;
  // Windows drops dots and spaces at the end of a name; `.` and `..` are among them.
  return /[.\s]$/.test(lenient) ? undefined : text;
}

/** Whether some number of decodings turns part of `rest` into a dot segment. */
function mayClimb(rest: string): boolean {
  let text = rest;
  for (let times = 0; times <= MAX_DECODINGS; times++) {
    if (/[^!-~]/.test(rest) || climbs(text.normalize("NFKC"))) return true;
    const next = decode(text);
    if (next === undefined) return true;
    if (next === text) return false;
    text = next;
  }
  return true;
}

function climbs(text: string): boolean {
  return text.split(/[/\\]/).some((segment) => {
    const name = Array.from(segment.replace(/[;?#].*$/s, ""))
      .filter((character) => !hasControl(character) && !/\s/.test(character))
      .join("");
    return /^\.{2,}$/.test(name);
  });
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Percent-decoding as UTF-8; undefined for a broken escape or bytes that are no UTF-8. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Malformed escapes are read in as many ways as there are servers.
    return undefined;
  }
}
