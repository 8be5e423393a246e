/**
 * Applies the path, header and method policies to what a client asked (protocol section 8), for every protocol alike:
 * out comes a request that may be sent to the local API, or the name of what is wrong with it.
 */
import { type HeaderPair, isAllowedMethod, type RequestContext, requestHeaders } from "./header-policy.ts";
import type { LocalRequest } from "./local-api.ts";
import { requestTarget } from "./path-policy.ts";

export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly HeaderPair[];
  readonly body: LocalRequest["body"];
}

export type Refusal = "bad_method" | "bad_path" | "bad_headers";

export function localRequest(
  asked: AskedRequest,
  basePath: string,
  context: RequestContext,
): LocalRequest | Refusal {
  if (!isAllowedMethod(asked.method)) return "bad_method";
  const target = requestTarget(asked.path, basePath);
  if (target === undefined) return "bad_path";
  const headers = requestHeaders(asked.headers, context);
  if (headers === undefined) return "bad_headers";
  return { method: asked.method, target, headers, body: asked.body };
}
