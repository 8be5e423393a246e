/**
 * A draft as it comes back from storage, where another version of this page or a person may have written: `unknown` until
 * every field has been looked at. Files do not come back, because they are not stored.
 */
import { BLANK_BODY, BODY_KINDS, type BodyDraft, type HeaderLine, type RequestDraft } from "./draft.ts";

/** Of one stored draft: more than that of typed text is no request but a document. UTF-16 units. */
export const MAX_DRAFT_CHARS = 256 * 1024;
const MAX_LINES = 100;

/** Undefined for what is no draft, or is too large for one. */
export function decodeDraft(stored: unknown): RequestDraft | undefined {
  const { method, path, headers, body } = fieldsOf(stored);
  const lines = decodeLines(headers);
  const decodedBody = decodeBody(body);
  if (typeof method !== "string" || typeof path !== "string") return undefined;
  if (lines === undefined || decodedBody === undefined) return undefined;
  const draft = { method, path, headers: lines, body: decodedBody };
  return draftLength(draft) <= MAX_DRAFT_CHARS ? draft : undefined;
}

/** What of a draft can be stored. */
export function storable(draft: RequestDraft): RequestDraft {
  const { kind, json, text, fields } = draft.body;
  const body = { kind, json, text, fields: fields.map(({ name, value }) => ({ name, value })) };
  return { ...draft, headers: draft.headers.map(({ name, value }) => ({ name, value })), body };
}

/** UTF-16 units of everything that was typed. */
export function draftLength({ method, path, headers, body }: RequestDraft): number {
  const lines = [...headers, ...body.fields].reduce(
    (sum, { name, value }) => sum + name.length + value.length,
    0,
  );
  return method.length + path.length + lines + body.json.length + body.text.length;
}

function decodeBody(stored: unknown): BodyDraft | undefined {
  const { kind, json, text, fields } = fieldsOf(stored);
  const known = BODY_KINDS.find((name) => name === kind);
  const lines = decodeLines(fields);
  if (known === undefined || lines === undefined) return undefined;
  if (typeof json !== "string" || typeof text !== "string") return undefined;
  return { ...BLANK_BODY, kind: known, json, text, fields: lines };
}

function decodeLines(stored: unknown): HeaderLine[] | undefined {
  if (!Array.isArray(stored) || stored.length > MAX_LINES) return undefined;
  const lines: HeaderLine[] = [];
  for (const line of stored) {
    const { name, value } = fieldsOf(line);
    if (typeof name !== "string" || typeof value !== "string") return undefined;
    lines.push({ name, value });
  }
  return lines;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
