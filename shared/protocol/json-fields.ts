/** Text from a socket, made into the fields of a JSON object. Nothing here throws, whatever the text. */

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of the object that `text` is; undefined when it is not JSON, or JSON of another kind. */
export function parseFields(text: string): Fields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: the caller answers with a named error, and the parser's message would quote the text.
    return undefined;
  }
  return isFields(value) ? value : undefined;
}

/** Whether a parsed value is an object with fields (not null, not an array). */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
