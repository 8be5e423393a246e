/**
 * Has the browser drop the pages of this origin that it keeps for going back to. Only the relay can say that
 * (`Clear-Site-Data`), so it is asked for the word.
 */

/** The header keeps other sites from asking. */
const CLEAR = { path: "/~ora/clear", header: "x-ora-clear" } as const;

/** Resolves once they are gone. Rejects when the relay cannot be reached or does not say it. */
export async function dropKeptPages(): Promise<void> {
  const { ok } = await fetch(CLEAR.path, { method: "POST", headers: { [CLEAR.header]: "yes" } });
  if (!ok) throw new Error("the relay did not clear this origin");
}
