/**
 * Carries out one `http_proxy` of protocol 1 against the local API and answers it, exactly once: with the response, or
 * with the name of what is wrong. What is answered is bounded like what is asked.
 */
import type { BadRequest, ProxyRequest } from "#shared/protocol/v1/decode.ts";
import { REQUEST_ERROR, type RequestId } from "#shared/protocol/v1/messages.ts";
import { type RequestContext, responseHeaders } from "../local-proxy/header-policy.ts";
import type { LocalApi, LocalCall } from "../local-proxy/local-api.ts";
import { localRequest } from "../local-proxy/local-request.ts";
import { callWhole, type WholeAnswer } from "../local-proxy/whole-answer.ts";
import { answerText, failureText } from "./answer.ts";
import { decodeBody } from "./body.ts";

export interface LocalSide {
  readonly api: LocalApi;
  readonly basePath: string;
  readonly context: RequestContext;
  /** Of a request's or response's body, decoded. */
  readonly maxBodyBytes: number;
  /** Of a whole message. */
  readonly maxMessageBytes: number;
}

/**
 * Answers through `reply`: at once when the request is refused (then nothing is returned), else later, unless the
 * call is cancelled.
 */
export function carryOut(
  message: (ProxyRequest | BadRequest) & { readonly id: RequestId },
  local: LocalSide,
  reply: (text: string) => void,
): LocalCall | undefined {
  const { id } = message;
  const refuse = (error: string) => {
    reply(failureText(id, error));
    return undefined;
  };
  if (message.kind === "bad_request") return refuse(message.error);
  const { request } = message;
  const body = decodeBody(request.body_b64, local.maxBodyBytes);
  if (typeof body === "string") return refuse(body);
  const asked = localRequest(
    {
      // The first implementation's HTTP library wrote every method in upper case.
      method: request.method.toUpperCase(),
      path: request.path,
      headers: Object.entries(request.headers),
      body,
    },
    local.basePath,
    local.context,
  );
  if (typeof asked === "string") return refuse(asked);
  return callWhole(local.api, asked, local.maxBodyBytes, (answer) => {
    reply(textOf(id, answer, local.maxMessageBytes));
  });
}

function textOf(id: RequestId, answer: WholeAnswer, maxMessageBytes: number): string {
  switch (answer.kind) {
    case "answer": {
      const text = answerText(id, answer.status, responseHeaders(answer.headers), answer.body);
      return Buffer.byteLength(text) > maxMessageBytes ? failureText(id, REQUEST_ERROR.BODY_TOO_LARGE) : text;
    }
    case "too_large":
      return failureText(id, REQUEST_ERROR.BODY_TOO_LARGE);
    case "failed":
      return failureText(id, `http_proxy_failed:${answer.name}`);
  }
}
