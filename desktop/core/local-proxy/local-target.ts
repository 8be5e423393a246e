/**
 * Where the local API lives, taken apart once from the configured base URL. Host and port reach the socket as
 * connection options from here alone; nothing a client sends is ever joined to them.
 */

export interface LocalTarget {
  /** Scheme, host and port; no path. */
  readonly origin: string;
  /** Without brackets, as a socket takes it. */
  readonly host: string;
  readonly port: number;
  /** What `Host` says: the port only when it is not the scheme's own. */
  readonly hostHeader: string;
  /** "" or a path that begins with a slash and does not end with one. */
  readonly basePath: string;
}

/** Reads a base URL; undefined when it is not plain http(s) with at most a path. */
export function parseApiUrl(text: string): URL | undefined {
  if (!/^https?:\/\//i.test(text) || /[?#]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === "" && url.password === "" ? url : undefined;
}

/** Takes a base URL apart. */
export function localTarget(url: URL): LocalTarget {
  return {
    origin: url.origin,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port !== "" ? Number(url.port) : url.protocol === "https:" ? 443 : 80,
    hostHeader: url.host,
    basePath: url.pathname.replace(/\/+$/, ""),
  };
}

/** The base URL as a person would write it. */
export function showTarget(target: LocalTarget): string {
  return target.origin + target.basePath;
}
