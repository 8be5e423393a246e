/** The paths of cookies (RFC 6265bis sections 5.1.4): where one that names none belongs, and where one is sent. */

/** The path of a cookie that names none: up to the last slash of the request's path. */
export function defaultPath(requestPath: string): string {
  const path = withoutQuery(requestPath);
  const last = path.lastIndexOf("/");
  return path.startsWith("/") && last > 0 ? path.slice(0, last) : "/";
}

/** Whether a cookie of `path` goes with a request for `requestPath`. */
export function pathMatches(path: string, requestPath: string): boolean {
  const asked = withoutQuery(requestPath);
  if (!asked.startsWith(path)) return false;
  return asked.length === path.length || path.endsWith("/") || asked[path.length] === "/";
}

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}
