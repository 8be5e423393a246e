/** For tests that build the page. */
export function buildHome(options: { readonly root: string; readonly outdir: string }): Promise<string[]>;
