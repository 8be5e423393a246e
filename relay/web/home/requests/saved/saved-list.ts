/** The saved requests of one PC: a list with a bound, newest first, whose changes are new lists. */
import { decodeDraft, draftLength, MAX_DRAFT_CHARS, storable } from "../draft/decode-draft.ts";
import type { RequestDraft } from "../draft/draft.ts";

/** Saved requests of one PC. */
export const MAX_SAVED = 100;
/** UTF-16 units. */
export const MAX_NAME_CHARS = 80;

export interface SavedRequest {
  readonly id: string;
  readonly name: string;
  readonly draft: RequestDraft;
}

export type SavedList = readonly SavedRequest[];
export type SaveOutcome =
  | { readonly ok: true; readonly list: SavedList }
  | { readonly ok: false; readonly why: "full" | "too_large" };

export function withSaved(list: SavedList, request: SavedRequest): SaveOutcome {
  if (list.length >= MAX_SAVED) return { ok: false, why: "full" };
  if (draftLength(request.draft) > MAX_DRAFT_CHARS) return { ok: false, why: "too_large" };
  return {
    ok: true,
    list: [{ ...request, name: shortName(request.name), draft: storable(request.draft) }, ...list],
  };
}

/** An empty name leaves it as it was. */
export function renamed(list: SavedList, id: string, name: string): SavedList {
  const short = shortName(name);
  return list.map((saved) => (saved.id === id && short !== "" ? { ...saved, name: short } : saved));
}

export interface Removal {
  readonly list: SavedList;
  /** Hand it to `restored` to take the removal back. */
  readonly removed: { readonly request: SavedRequest; readonly index: number } | undefined;
}

export function without(list: SavedList, id: string): Removal {
  const index = list.findIndex((saved) => saved.id === id);
  const request = list[index];
  return {
    list: list.filter((saved) => saved.id !== id),
    removed: request === undefined ? undefined : { request, index },
  };
}

/** Where it stood. Nothing when another has taken the last place meanwhile. */
export function restored(list: SavedList, removed: NonNullable<Removal["removed"]>): SavedList {
  if (list.length >= MAX_SAVED) return list;
  return [...list.slice(0, removed.index), removed.request, ...list.slice(removed.index)];
}

/** What storage holds; entries that make no sense are left out. */
export function decodeSavedList(stored: unknown): SavedList {
  if (!Array.isArray(stored)) return [];
  const list: SavedRequest[] = [];
  for (const entry of stored.slice(0, MAX_SAVED)) {
    const { id, name, draft } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<
      string,
      unknown
    >;
    const decoded = decodeDraft(draft);
    if (typeof id !== "string" || typeof name !== "string" || decoded === undefined) continue;
    list.push({ id, name: shortName(name), draft: decoded });
  }
  return list;
}

function shortName(name: string): string {
  return name
    .trim()
    .slice(0, MAX_NAME_CHARS)
    .replace(/\p{Cs}$/u, "");
}
