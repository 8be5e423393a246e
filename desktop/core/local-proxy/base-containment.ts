/**
 * Whether some server could read a path as leaving the base path it stands under. Stricter than what is asked of every
 * path: here overlong and invalid UTF-8, `%uXXXX`, characters that are dots or slashes to a server that folds
 * compatibility forms, and characters that a server may drop or stop at all count as what they could hide.
 */

/** Decoding further than this is refused: nobody encodes a path five times in earnest. */
const MAX_DECODINGS = 4;

type Decode = (bytes: readonly number[]) => string;

/** `path` is printable ASCII without its query. */
export function mayLeaveBase(path: string): boolean {
  return [withoutInvalid, overlong].some((decode) => leaves(path, decode));
}

function leaves(path: string, decode: Decode): boolean {
  let reading = path;
  for (let decodings = 0; decodings <= MAX_DECODINGS; decodings += 1) {
    if (climbs(reading)) return true;
    const next = decoded(reading, decode);
    if (next === reading) return false;
    reading = next;
  }
  return true;
}

function decoded(text: string, decode: Decode): string {
  return text.replace(/%u([0-9a-f]{4})|(?:%[0-9a-f]{2})+/gi, (escapes, code: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    try {
      return decodeURIComponent(escapes);
    } catch {
      // No UTF-8: servers make of it what they like.
      return decode(
        escapes
          .split("%")
          .slice(1)
          .map((hex) => Number.parseInt(hex, 16)),
      );
    }
  });
}

/** As a server does that drops what is no UTF-8. */
function withoutInvalid(bytes: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes)).replaceAll("\ufffd", "");
}

/** As a server does that puts bits together without looking at what they should have been: `%c0%ae` is a dot. */
function overlong(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 1) {
    const first = bytes[at] ?? 0;
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (const byte of bytes.slice(at + 1, at + 1 + more)) code = (code << 6) | (byte & 0x3f);
    at += more;
    text += String.fromCharCode(code & 0xffff);
  }
  return text;
}

/** Empty segments do not count as a level: some servers merge slashes. */
function climbs(path: string): boolean {
  let depth = 0;
  for (const segment of path.normalize("NFKC").split(/[/\\]/)) {
    const name = segment.replace(/[;?#\0].*$/s, "");
    if (isDots(name) || isDots(segment.replace(/;.*$/s, ""))) depth -= 1;
    else if (!/^\.?$/.test(shown(name))) depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Two dots or more: some file systems take `...` for two levels. */
function isDots(name: string): boolean {
  return /^\.{2,}$/.test(shown(name));
}

/** Without what a server may drop: controls, white space, and characters that nobody sees. */
function shown(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\s]/gu, "");
}
