/** The packages that are packed with the app and their licences, as the build lists them. */
import { parseFields } from "#shared/protocol/json-fields.ts";

/** Empty when the list is missing or is none: the app runs all the same. */
export function readLicences(read: () => string): readonly (readonly [name: string, licence: string])[] {
  let text: string;
  try {
    text = read();
  } catch {
    // A checkout that was not built.
    return [];
  }
  return Object.entries(parseFields(text) ?? {}).flatMap(([name, licence]) =>
    typeof licence === "string" ? [[name, licence] as const] : [],
  );
}
