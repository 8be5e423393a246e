/** JSON inside an inner frame: strict UTF-8 without a byte order mark, then JSON. Shape is for the caller to check. */
import { MuxError } from "./mux-error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Throws MuxError `protocol` for bytes that are not UTF-8. */
export function readText(payload: Uint8Array): string {
  try {
    return decoder.decode(payload);
  } catch (cause) {
    throw new MuxError("protocol", "a text is not UTF-8", { cause });
  }
}

/** Throws MuxError `protocol` for bytes that are not JSON. */
export function readJson(payload: Uint8Array): unknown {
  const text = readText(payload);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The engine's message quotes the text, which may hold paths and headers: it goes no further.
    throw new MuxError("protocol", "a payload is not JSON");
  }
}

export function isObject(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
