/**
 * The newest release's version, from the project's page on GitHub, when the owner lets the app look. One request, no
 * identifiers, a small answer; all that is taken from it is a version number.
 */

const MAX_ANSWER_BYTES = 256 * 1024;
const TIMEOUT_MS = 10_000;

export interface ReleaseSource {
  /** `owner/name`; undefined in a build that was made for nobody's page. */
  readonly repository: string | undefined;
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
}

/** Undefined when nobody can tell. Never rejects. */
export async function newestRelease({ repository, fetch }: ReleaseSource): Promise<string | undefined> {
  if (repository === undefined) return undefined;
  try {
    const answer = await fetch(releaseAddress(repository), {
      headers: { accept: "application/vnd.github+json" },
      redirect: "error",
      credentials: "omit",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok || answer.body === null) return undefined;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer.body) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) return undefined;
      chunks.push(chunk);
    }
    const release: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const tag =
      typeof release === "object" && release !== null && "tag_name" in release ? release.tag_name : undefined;
    const version = typeof tag === "string" ? /^v?(\d{1,6}\.\d{1,6}\.\d{1,6})$/.exec(tag)?.[1] : undefined;
    return version;
  } catch {
    // Offline, blocked or not what it should be: nobody can tell.
    return undefined;
  }
}

/** What is asked, of nobody else. */
export function releaseAddress(repository: string): string {
  return `https://api.github.com/repos/${repository}/releases/latest`;
}

/** Where a person gets it; undefined like the repository. */
export function releasePage(repository: string | undefined): string | undefined {
  return repository === undefined ? undefined : `https://github.com/${repository}/releases/latest`;
}
