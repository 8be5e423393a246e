/**
 * What keeps a draft from being sent, place by place. It refuses only what HTTP or the PC would refuse; what an API
 * thinks of it is the API's business.
 */
import { findJsonFault, type JsonFault } from "../json/find-fault.ts";
import { filled, type RequestDraft } from "./draft.ts";
import { tidyPath } from "./tidy-path.ts";

export type DraftFault =
  | { readonly place: "method"; readonly why: "empty" | "not_a_word" | "not_allowed" }
  | { readonly place: "path"; readonly why: "two_slashes" }
  | { readonly place: "header"; readonly line: number; readonly why: "name" | "value" }
  | { readonly place: "json"; readonly why: JsonFault }
  | { readonly place: "file"; readonly why: "missing" };

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Tab, and every latin-1 character that is not a control: what the PC lets through. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** The one is no request, the other echoes secrets; the PC refuses both. */
const NOT_ALLOWED = /^(connect|trace)$/i;

export function checkDraft({ method, path, headers, body }: RequestDraft): DraftFault[] {
  const faults: DraftFault[] = [];
  if (method === "") faults.push({ place: "method", why: "empty" });
  else if (!TOKEN.test(method)) faults.push({ place: "method", why: "not_a_word" });
  else if (NOT_ALLOWED.test(method)) faults.push({ place: "method", why: "not_allowed" });
  if (tidyPath(path).startsWith("//")) faults.push({ place: "path", why: "two_slashes" });
  for (const [line, { name, value }] of headers.entries()) {
    if (name === "" && value === "") continue;
    if (!TOKEN.test(name)) faults.push({ place: "header", line, why: "name" });
    else if (!VALUE.test(value)) faults.push({ place: "header", line, why: "value" });
  }
  if (body.kind === "json") {
    const why = findJsonFault(body.json);
    if (why !== undefined) faults.push({ place: "json", why });
  }
  if (body.kind === "file" && body.file === undefined) faults.push({ place: "file", why: "missing" });
  return faults;
}

/** The headers that will be sent. */
export function filledHeaders({ headers }: RequestDraft): [string, string][] {
  return filled(headers).map(({ name, value }) => [name, value]);
}
