/** Answers that come from ora-connect itself: JSON, with the hop that broke, and a header that tells them from the API's. */
import type { ServerResponse } from "node:http";
import { PROBLEMS, type Problem, type ProblemCode } from "#shared/client/problem.ts";
import { INTRUSIONS, type Intrusion } from "./guard.ts";
import { closeAfterBoth } from "./lingering-close.ts";

/** Marks answers of ora-connect; its value is the code. Taken out of what comes from the PC. */
export const PROBLEM_HEADER = "x-ora-connect";

const STATUS = new Map<ProblemCode, number>([
  ["bad_request", 400],
  ["forbidden", 403],
  ["too_large", 431],
  ["refused", 503],
  ["timeout", 504],
  ["no_answer", 504],
  ["node_no_answer", 504],
]);

/** The answer to a request that could not be carried out. Everything not named above is a bad gateway. */
export function answerProblem(response: ServerResponse, { code, detail }: Problem): void {
  const { hop, what, advice } = PROBLEMS[code];
  answer(response, STATUS.get(code) ?? 502, code, {
    hop,
    detail: `${what}${detail ? ` (${detail})` : ""}`,
    advice,
  });
}

export function answerIntrusion(response: ServerResponse, intrusion: Intrusion): void {
  answer(response, 403, intrusion, { hop: "client", detail: INTRUSIONS[intrusion] });
}

function answer(response: ServerResponse, status: number, code: string, fields: object): void {
  const body = Buffer.from(`${JSON.stringify({ error: code, ...fields })}\n`);
  closeAfterBoth(response);
  response.writeHead(status, [
    "content-type",
    "application/json",
    "content-length",
    String(body.length),
    "cache-control",
    "no-store",
    PROBLEM_HEADER,
    code,
  ]);
  response.end(body);
}
