/**
 * What to call a body that is saved as a file: the name the API gives, else the last part of the path. A name is only a
 * name: no folders, nothing hidden, nothing that reads as another ending than it has.
 */
import { essence } from "./body-kind.ts";

const MAX_NAME_LENGTH = 100;
const ENDINGS: Readonly<Record<string, string>> = {
  "application/json": "json",
  "text/html": "html",
  "text/plain": "txt",
  "text/csv": "csv",
  "text/event-stream": "txt",
  "application/pdf": "pdf",
  "application/zip": "zip",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/svg+xml": "svg",
};

export interface FileFacts {
  readonly path: string;
  readonly type: string | undefined;
  /** The `Content-Disposition` header as it came. */
  readonly disposition: string | undefined;
}

export function fileName({ path, type, disposition }: FileFacts): string {
  const given = plainName(dispositionName(disposition ?? "") ?? "");
  if (given !== "") return given;
  const last = plainName(
    decoded(
      path
        .replace(/[?#].*$/s, "")
        .split("/")
        .at(-1) ?? "",
    ),
  );
  const name = last === "" ? "answer" : last;
  if (/\.[a-z0-9]{1,8}$/i.test(name)) return name;
  return `${name}.${ENDINGS[essence(type)] ?? "bin"}`;
}

/** RFC 6266: `filename*` before `filename`. */
function dispositionName(header: string): string | undefined {
  const extended = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1];
  if (extended !== undefined) return decoded(extended);
  const quoted = /filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header)?.[1];
  return quoted?.replace(/\\(.)/g, "$1") ?? /filename\s*=\s*([^;\s"]+)/i.exec(header)?.[1];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded after all.
    return text;
  }
}

function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu, "").replace(/^[.\s]+|[.\s]+$/g, "");
  return plain.length <= MAX_NAME_LENGTH
    ? plain
    : `${plain.slice(0, 60)}${plain.slice(-(MAX_NAME_LENGTH - 60))}`;
}
