/**
 * `POST /api/pair`: a plaintext code for a token (protocol section 1). Attempts are counted per address before
 * anything is looked at; the answer to a bad code tells nothing about why it is bad.
 */
import type { IncomingMessage } from "node:http";
import type { Context, Middleware } from "koa";
import { MAX_CODE_LENGTH } from "#shared/protocol/v1/limits.ts";
import { clientAddress } from "../client-address.ts";
import { MAX_PAIR_BODY_BYTES } from "../limits.ts";
import { idTag } from "../log.ts";
import { type Redeemed, redeem } from "../pairing.ts";
import type { RateLimit } from "../rate-limit.ts";
import type { RelayState } from "../relay-state.ts";

const REFUSALS = {
  wrong_code: { status: 403, detail: "This code is wrong, expired or already used." },
  exposed_code: {
    status: 426,
    detail:
      "This code is for encrypted pairing and works only with ora-connect or the phone page. Posting it here has used it up: ask for a new one.",
  },
  node_offline: { status: 503, detail: "The node that offers this code is not connected." },
  too_many_sessions: { status: 503, detail: "This node has too many sessions." },
  unreachable: { status: 503, detail: "This relay cannot ask its other instances now. Try again." },
} as const;

export function pairRoute(relay: RelayState, attempts: RateLimit): Middleware {
  const pair = pairing(relay, attempts);
  return async (context, next) => {
    await pair(context, next);
    relay.metrics.paired(context.status);
  };
}

function pairing(relay: RelayState, attempts: RateLimit): Middleware {
  return async (context) => {
    context.set("Cache-Control", "no-store");
    const peer = clientAddress(context.req, relay.config.trustProxy);
    const waitMs = attempts.attempt(peer);
    if (waitMs !== undefined) {
      context.set("Retry-After", String(Math.ceil(waitMs / 1000)));
      refuse(context, 429, "Too many pairing attempts. Wait a minute.");
      return;
    }
    const body = await readBody(context.req);
    if (body === undefined) {
      // The rest of the body is not read, so the connection cannot go on.
      context.set("Connection", "close");
      refuse(context, 413, `The body may have up to ${MAX_PAIR_BODY_BYTES} bytes.`);
      return;
    }
    const code = codeOf(body);
    if (code === undefined) refuse(context, 422, 'The body must be JSON like {"code":"…"}.');
    else if (code.trim() === "") refuse(context, 400, "The code is missing.");
    else answer(context, relay, await redeem(relay, code, peer));
  };
}

function answer(context: Context, relay: RelayState, redeemed: Redeemed): void {
  if (!redeemed.ok) {
    const { status, detail } = REFUSALS[redeemed.reason];
    relay.log.info({ reason: redeemed.reason }, "pairing refused");
    if (status === 426) context.set("Upgrade", "websocket");
    refuse(context, status, detail);
    return;
  }
  const { token, nodeId, sessionId } = redeemed;
  relay.log.info({ node: idTag(nodeId), session: idTag(sessionId) }, "paired");
  context.body = {
    ok: true,
    node_id: nodeId,
    token,
    expires_at: relay.clock.unixSeconds() + relay.config.sessionTtlSec,
  };
}

function refuse(context: Context, status: number, detail: string): void {
  context.status = status;
  context.body = { detail };
}

/** The whole body, or undefined as soon as it is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MAX_PAIR_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The code in a body: "" when there is none, undefined when the body is not of that form. */
function codeOf(body: Buffer): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    // The parser's message would quote the body; the answer names the form instead.
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const code = "code" in value ? value.code : "";
  if (code === null) return "";
  if (typeof code !== "string") return undefined;
  return code.length > MAX_CODE_LENGTH ? "?" : code;
}
