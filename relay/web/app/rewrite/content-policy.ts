/**
 * A page's content security policies, changed so that they allow exactly our shim and its way to the worker, and
 * nothing of anybody else. What would make the browser speak to the relay in clear, or leave the tunnel, is taken out:
 * `upgrade-insecure-requests` and the reports. Every other word stays as the app wrote it.
 */

export interface ShimSources {
  /** The URL of the script in the page. */
  readonly script: string;
  /** Its hash, `sha256-…`, for policies that trust no URL. */
  readonly hash: string;
  /** The prefix of the addresses that the shim asks the worker at. */
  readonly calls: string;
}

export interface PatchedPolicy {
  readonly policy: string;
  /** The nonce that the shim's tag has to carry. */
  readonly nonce?: string;
}

interface Directive {
  readonly name: string;
  readonly values: readonly string[];
}

/** What a directive that is not there takes its value from, in order (CSP level 3, section 6.8.3). */
const FALLBACKS: Readonly<Record<string, readonly string[]>> = {
  "script-src-elem": ["script-src", "default-src"],
  "connect-src": ["default-src"],
  "frame-src": ["child-src", "default-src"],
  "worker-src": ["child-src", "script-src", "default-src"],
};

/** They would send the page's addresses to somewhere, past the tunnel; or make a page on plain http leave its origin. */
const DROPPED: ReadonlySet<string> = new Set(["report-uri", "report-to", "upgrade-insecure-requests"]);

/** One header's value, which may hold several policies with commas between them. */
export function patchPolicies(value: string, shim: ShimSources): PatchedPolicy {
  const patched = value.split(",").map((policy) => patchPolicy(policy, shim));
  const nonce = patched.find((each) => each.nonce !== undefined)?.nonce;
  const policy = patched
    .map((each) => each.policy)
    .filter((text) => text !== "")
    .join(", ");
  return { policy, ...(nonce !== undefined && { nonce }) };
}

/** The nonce that a document's scripts carry, if any of its policies asks for one. */
function patchPolicy(policy: string, shim: ShimSources): PatchedPolicy {
  let directives = parse(policy).filter(({ name }) => !DROPPED.has(name));
  const scripts = effective(directives, "script-src-elem");
  const nonce = scripts?.map((source) => /^'nonce-([^']+)'$/i.exec(source)?.[1]).find(Boolean);
  if (scripts !== undefined && nonce === undefined) {
    const trustsUrls = !scripts.some((source) => source.toLowerCase() === "'strict-dynamic'");
    const source = trustsUrls ? shim.script : `'${shim.hash}'`;
    directives = allow(directives, "script-src-elem", source);
  }
  directives = allow(directives, "connect-src", shim.calls);
  directives = allow(directives, "frame-src", shim.calls);
  directives = allow(directives, "worker-src", shim.calls);
  return { policy: directives.map(written).join("; "), ...(nonce !== undefined && { nonce }) };
}

function parse(policy: string): Directive[] {
  const directives: Directive[] = [];
  for (const part of policy.split(";")) {
    const [name = "", ...values] = part.trim().split(/[\t\n\f\r ]+/);
    const lower = name.toLowerCase();
    // A second one of a name does not count.
    if (lower !== "" && !directives.some((known) => known.name === lower))
      directives.push({ name: lower, values });
  }
  return directives;
}

function effective(directives: readonly Directive[], name: string): readonly string[] | undefined {
  const names = [name, ...(FALLBACKS[name] ?? [])];
  return names.map((each) => directives.find((known) => known.name === each)?.values).find(Boolean);
}

/** Adds a source to a directive, which is made from what it falls back to when it is not there. */
function allow(directives: readonly Directive[], name: string, source: string): Directive[] {
  const values = effective(directives, name);
  if (values === undefined) return [...directives];
  const kept = values.filter((value) => value.toLowerCase() !== "'none'");
  const changed = { name, values: [...kept, source] };
  const isThere = directives.some((known) => known.name === name);
  return isThere
    ? directives.map((known) => (known.name === name ? changed : known))
    : [...directives, changed];
}

function written({ name, values }: Directive): string {
  return [name, ...values].join(" ");
}
