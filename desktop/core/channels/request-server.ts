/**
 * What happens to a request of a paired device: the owner's rules first, then the policies of the local hop, then the
 * local API. The device is known from its channel and from nothing the request says.
 */
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { NodeStream, StreamListener } from "#shared/mux/stream.ts";
import { type AccessSubject, decideAccess } from "../access-rules/decide.ts";
import type { ActivityRecord } from "../activity/activity-log.ts";
import type { AppRequests } from "../apps/app-desk.ts";
import type { LocalApi } from "../local-proxy/local-api.ts";
import { localRequest } from "../local-proxy/local-request.ts";
import type { LocalTarget } from "../local-proxy/local-target.ts";
import type { OwnerPolicy } from "../owner-policy.ts";
import { exchangeHttp } from "./http-exchange.ts";
import { refuse } from "./refusal.ts";
import { exchangeWebSocket } from "./websocket-exchange.ts";

export interface RequestServerOptions {
  readonly api: LocalApi;
  readonly target: LocalTarget;
  /** How clients reach the relay, for `X-Forwarded-*`. */
  readonly forwarded: { readonly proto: "http" | "https"; readonly host: string };
  readonly policy: OwnerPolicy;
}

/** Who asks, and what rules look at. */
export interface Asker extends AccessSubject {
  /** The device, or the one that a web app is a part of: what its owner and the API know it by. */
  readonly id: string;
  /** Of a web app. */
  readonly app?: AppRequests;
}

export type ServeRequest = (stream: NodeStream, asker: Asker) => StreamListener;

export function requestServer(options: RequestServerOptions): ServeRequest {
  const { api, target, forwarded, policy } = options;
  const { rules, activity } = policy;
  return (stream, asker) => {
    const { method, path, headers, upgrade } = stream.request;
    const isWebSocket = upgrade === "websocket";
    const record = activity.begin({ device: asker.id, method, path, isWebSocket });
    const headerNames = headers.map(([name]) => name);
    const decision = decideAccess(rules(), asker, { method, path, isWebSocket, headerNames });
    if (!decision.allowed) return refusing(stream, record, 403, decision.reason);

    const context = {
      hostHeader: target.hostHeader,
      forwardedProto: forwarded.proto,
      forwardedHost: forwarded.host,
      device: asker.id,
    };
    const app = asker.app?.({ method, path: target.basePath + path, headers });
    const asked = { method, path, headers: app?.headers ?? headers, body: undefined };
    const request = localRequest(asked, target.basePath, context);
    if (typeof request === "string") return refusing(stream, record, 400, request);
    const own = policy.headers(request.headers);
    record.capture?.request(
      own,
      policy.headers([]).map(([name]) => name),
    );
    if (isWebSocket) {
      if (method !== "GET") return refusing(stream, record, 400, "bad_upgrade");
      return exchangeWebSocket({ stream, target, path: request.target, headers: own, record, app });
    }
    const contentLength = announcedLength(headers);
    if (contentLength === "invalid") return refusing(stream, record, 400, "bad_length");
    return exchangeHttp({ stream, api, request: { ...request, headers: own }, contentLength, record, app });
  };
}

/** Says no, and swallows what still comes. */
function refusing(
  stream: NodeStream,
  record: ActivityRecord,
  status: number,
  reason: string,
): StreamListener {
  record.status(status);
  record.finish("refused");
  // In a later turn: a stream is given to its listener first.
  queueMicrotask(() => refuse(stream, status, reason));
  return {
    data: (chunk) => stream.consumed(chunk.length),
    end: () => undefined,
    reset: () => undefined,
    writable: () => undefined,
  };
}

/** Undefined when there is none. Several that agree are one; anything else is how requests are smuggled. */
function announcedLength(headers: HeaderPairs): number | "invalid" | undefined {
  const values = new Set(
    headers.filter(([name]) => name.toLowerCase() === "content-length").map(([, value]) => value.trim()),
  );
  const [value, ...others] = values;
  if (value === undefined) return undefined;
  return others.length === 0 && /^\d{1,15}$/.test(value) ? Number(value) : "invalid";
}
