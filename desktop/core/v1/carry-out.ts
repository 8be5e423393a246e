/**
 * Carries out one `http_proxy` of protocol 1 against the local API and answers it, exactly once: with the response, or
 * with the name of what is wrong. What is answered is bounded like what is asked.
 */
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { BadRequest, ProxyRequest } from "#shared/protocol/v1/decode.ts";
import { REQUEST_ERROR, type RequestId } from "#shared/protocol/v1/messages.ts";
import type { ActivityRecord } from "../activity/activity-log.ts";
import { refusalBody, refusalHeaders } from "../channels/refusal.ts";
import type { FailureName } from "../local-proxy/failure-name.ts";
import { type RequestContext, responseHeaders } from "../local-proxy/header-policy.ts";
import type { LocalApi, LocalCall } from "../local-proxy/local-api.ts";
import { localRequest } from "../local-proxy/local-request.ts";
import { callWhole, type WholeAnswer } from "../local-proxy/whole-answer.ts";
import { answerText, failureText, type MessageText } from "./answer.ts";
import { decodeBody } from "./body.ts";

export interface LocalSide {
  readonly api: LocalApi;
  readonly basePath: string;
  readonly context: RequestContext;
  /** Of a request's or response's body, decoded. */
  readonly maxBodyBytes: number;
  /** Of a whole message. */
  readonly maxMessageBytes: number;
  readonly owner: OwnerSide;
}

export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderPairs;
}

/** What the owner has to say about requests: rules, headers, and the list of what was done. */
export interface OwnerSide {
  /** Begins the entry of a request in the list. */
  begin(request: AskedRequest): ActivityRecord;
  /** Which rule is against it, if any. */
  refusal(request: AskedRequest): string | undefined;
  /** `lookAgain` is called when the rules change. Returns how to stop that. */
  underWay(lookAgain: () => void): () => void;
  /** Puts the owner's headers in. */
  headers(headers: HeaderPairs): HeaderPairs;
}

/**
 * Answers through `reply`: at once when the request is refused (then nothing is returned), else later, unless the
 * call is cancelled.
 */
export function carryOut(
  message: (ProxyRequest | BadRequest) & { readonly id: RequestId },
  local: LocalSide,
  reply: (text: MessageText) => void,
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
  // The first implementation's HTTP library wrote every method in upper case.
  const method = request.method.toUpperCase();
  const { path } = request;
  const headers = Object.entries(request.headers);
  const { owner } = local;
  const record = owner.begin({ method, path, headers });
  /** Refuses what the rules are against; false when they are not. */
  const isForbidden = () => {
    const reason = owner.refusal({ method, path, headers });
    if (reason === undefined) return false;
    record.status(FORBIDDEN);
    record.finish("refused");
    reply(answerText(id, FORBIDDEN, refusalHeaders(reason), Buffer.from(refusalBody(FORBIDDEN, reason))));
    return true;
  };
  if (isForbidden()) return undefined;
  const asked = localRequest({ method, path, headers, body }, local.basePath, local.context);
  if (typeof asked === "string") {
    record.finish("refused");
    return refuse(asked);
  }
  const own = owner.headers(asked.headers);
  record.capture?.request(
    own,
    owner.headers([]).map(([name]) => name),
  );
  record.received(body?.length ?? 0);
  if (body !== undefined) record.capture?.requestBody(body);
  let call: LocalCall | undefined;
  const over = owner.underWay(() => {
    if (!isForbidden()) return;
    over();
    call?.cancel();
  });
  const started = callWhole(local.api, { ...asked, headers: own }, local.maxBodyBytes, (answer) => {
    over();
    note(record, answer);
    reply(textOf(id, answer, local.maxMessageBytes));
  });
  call = started;
  return {
    pause: () => started.pause(),
    resume: () => started.resume(),
    cancel() {
      over();
      record.finish("failed");
      started.cancel();
    },
  };
}

const FORBIDDEN = 403;

function note(record: ActivityRecord, answer: WholeAnswer): void {
  if (answer.kind === "answer") {
    record.status(answer.status);
    record.sent(answer.body.length);
    record.capture?.response(responseHeaders(answer.headers));
    record.capture?.responseBody(answer.body);
  }
  record.finish(answer.kind === "answer" ? "done" : "failed");
}

function textOf(id: RequestId, answer: WholeAnswer, maxMessageBytes: number): MessageText {
  switch (answer.kind) {
    case "answer": {
      const text = answerText(id, answer.status, responseHeaders(answer.headers), answer.body);
      return Buffer.byteLength(text) > maxMessageBytes ? failureText(id, REQUEST_ERROR.BODY_TOO_LARGE) : text;
    }
    case "too_large":
      return failureText(id, REQUEST_ERROR.BODY_TOO_LARGE);
    case "failed":
      if (answer.name === "TooManyCalls") return failureText(id, REQUEST_ERROR.TOO_MANY_PENDING);
      return failureText(id, `http_proxy_failed:${v1Name(answer.name)}`);
  }
}

/** The first implementation had no name of its own for it. */
function v1Name(name: FailureName): FailureName {
  return name === "HeadersTooLarge" ? "RemoteProtocolError" : name;
}
