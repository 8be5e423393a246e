/**
 * Lines for a shell, to be pasted as they are: the encrypted way with `ora-connect`, and the two of the plaintext way,
 * which pair with the code on display and send a request. They work in any POSIX shell, with or without a terminal;
 * what the relay refuses they say in its own words, and then nothing more is sent.
 */

/** What no shell reads anything into. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/** One shell word, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function word(text: string): string {
  return PLAIN_WORD.test(text) ? text : quoted(text);
}

function withScheme(relay: URL, scheme: "ws" | "http"): string {
  const secure = relay.protocol === "wss:";
  return `${scheme}${secure ? "s" : ""}://${relay.host}${relay.pathname.replace(/\/$/, "")}`;
}

export interface ConnectLineOptions {
  /** What the owner types to start `ora-connect`. */
  readonly program: string;
  /** `http(s)://…`, as other machines reach it. */
  readonly relay: string;
  /** RRRR-SSSS; without one the link is used. */
  readonly code: string | undefined;
  readonly link: string | undefined;
}

/** The encrypted way; undefined while nothing is on offer. */
export function connectLine({ program, relay, code, link }: ConnectLineOptions): string | undefined {
  if (code !== undefined) return `${program} ${word(code)} --relay ${word(relay)}`;
  return link === undefined ? undefined : `${program} ${word(link)}`;
}

/** Prints the token, or what the relay says instead. */
const READ_TOKEN =
  'const a=JSON.parse(require("fs").readFileSync(0)+""||"{}");' +
  'a.token?console.log(a.token):console.error(a.detail||"no answer from the relay")';

/** Prints each answer's status and its body as text. */
const READ_ANSWER =
  'require("readline").createInterface(process.stdin).on("line",l=>{const a=JSON.parse(l);' +
  'console.log(a.status||a.error||l);console.log(Buffer.from(a.body_b64||"","base64")+"")})';

/** Redeems the code; the shell keeps the token. */
export function pairLine(relay: URL, code: string): string {
  const body = quoted(JSON.stringify({ code }));
  const post = `curl -sS ${word(`${withScheme(relay, "http")}/api/pair`)} -H 'content-type: application/json'`;
  return `TOKEN=$(${post} -d ${body} | node -e ${quoted(READ_TOKEN)})`;
}

/**
 * Sends one request, when there is a token, and prints the answer. wscat ends when its input does, so the sleep keeps
 * that open, also where there is no terminal.
 */
export function requestLine(relay: URL): string {
  const request = quoted(JSON.stringify({ type: "http_proxy", id: "1", method: "GET", path: "/" }));
  const wscat = `npx wscat -c ${word(`${withScheme(relay, "ws")}/ws/client`)} -H "Authorization: Bearer $TOKEN"`;
  return `[ "$TOKEN" ] && sleep 5 | ${wscat} -w 1 -x ${request} | node -e ${quoted(READ_ANSWER)}`;
}
