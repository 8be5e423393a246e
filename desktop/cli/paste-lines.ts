/**
 * Lines for a shell that pair with the code on display and send a request, to be pasted as they are. They work in any
 * POSIX shell, with or without a terminal.
 */

/** One shell word, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function withScheme(relay: URL, scheme: "ws" | "http"): string {
  const secure = relay.protocol === "wss:";
  return `${scheme}${secure ? "s" : ""}://${relay.host}${relay.pathname.replace(/\/$/, "")}`;
}

/** Redeems the code; the shell keeps the token. */
export function pairLine(relay: URL, code: string): string {
  const readToken = quoted('JSON.parse(require("fs").readFileSync(0)).token');
  const body = quoted(JSON.stringify({ code }));
  return `TOKEN=$(curl -s ${withScheme(relay, "http")}/api/pair -H 'content-type: application/json' -d ${body} | node -p ${readToken})`;
}

/**
 * Sends one request and prints the answer. wscat ends when its input does, so the sleep keeps that open, also where
 * there is no terminal.
 */
export function requestLine(relay: URL): string {
  const request = quoted(JSON.stringify({ type: "http_proxy", id: "1", method: "GET", path: "/" }));
  const header = '-H "Authorization: Bearer $TOKEN"';
  return `sleep 5 | npx wscat -c ${withScheme(relay, "ws")}/ws/client ${header} -w 1 -x ${request}`;
}
