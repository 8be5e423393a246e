/**
 * A request as it is being written: what stands in the fields, whether or not it could be sent. A plain value that is
 * replaced and never changed, so that it can be kept, compared and brought back.
 */

export const BODY_KINDS = ["none", "json", "text", "form", "file"] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

/** A field of a form: text, or a file. */
export interface FormField {
  readonly name: string;
  readonly value: string;
  readonly file?: File | undefined;
}

/** The texts of all kinds stay while another kind is chosen: nothing that was typed is lost by looking around. */
export interface BodyDraft {
  readonly kind: BodyKind;
  readonly json: string;
  readonly text: string;
  readonly fields: readonly FormField[];
  readonly file?: File | undefined;
}

export interface RequestDraft {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly HeaderLine[];
  readonly body: BodyDraft;
}

export const BLANK_BODY: BodyDraft = { kind: "none", json: "", text: "", fields: [] };
export const BLANK_DRAFT: RequestDraft = { method: "GET", path: "/", headers: [], body: BLANK_BODY };

/** What the list of methods offers; any other can be typed. */
export const COMMON_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;

/** Lines that somebody filled in. */
export function filled<Line extends { readonly name: string; readonly value: string }>(
  lines: readonly Line[],
): Line[] {
  return lines.filter((line) => line.name !== "" || line.value !== "" || ("file" in line && line.file));
}
