/** Calls to local APIs, for tests: what one comes to, and an end for all that was opened when a test is over. */
import type { IncomingMessage } from "node:http";
import { afterEach, expect } from "vitest";
import type { FailureName } from "../local-proxy/failure-name.ts";
import type { HeaderPair } from "../local-proxy/header-policy.ts";
import {
  connectLocalApi,
  type LocalApi,
  type LocalApiOptions,
  type LocalRequest,
} from "../local-proxy/local-api.ts";
import type { LocalTarget } from "../local-proxy/local-target.ts";
import { callWhole, type WholeAnswer } from "../local-proxy/whole-answer.ts";
import type { FakeApi } from "./fake-api.ts";

/** Call it once in a test file. */
export function localCalls() {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  return {
    apiAt(target: LocalTarget, options: Partial<LocalApiOptions> = {}): LocalApi {
      const api = connectLocalApi({ target, idleTimeoutMs: 20_000, ...options });
      open.push(api);
      return api;
    },
    async started(api: Promise<FakeApi>): Promise<FakeApi> {
      const fake = await api;
      open.push(fake);
      return fake;
    },
  };
}

export function request(overrides: Partial<LocalRequest> = {}): LocalRequest {
  return { method: "GET", target: "/", headers: [["Host", "api"]], body: undefined, ...overrides };
}

export function whole(
  api: LocalApi,
  asked: Partial<LocalRequest> = {},
  cap = 1_000_000,
): Promise<WholeAnswer> {
  return new Promise((resolve) => callWhole(api, request(asked), cap, resolve));
}

/** The whole answer; a failure fails the test. */
export async function answerOf(
  api: LocalApi,
  asked: Partial<LocalRequest> = {},
  cap?: number,
): Promise<{ status: number; headers: readonly HeaderPair[]; text: string }> {
  const answer = await whole(api, asked, cap);
  if (answer.kind !== "answer") return expect.fail(JSON.stringify(answer));
  return { status: answer.status, headers: answer.headers, text: answer.body.toString() };
}

export const failed = (name: FailureName): WholeAnswer => ({ kind: "failed", name });

export const bodyOf = async (message: IncomingMessage) => Buffer.concat(await message.toArray());

/** Waits until a number stands still for some turns of the event loop. */
export async function settled(read: () => number): Promise<void> {
  let last = -1;
  for (let still = 0; still < 200; still = read() === last ? still + 1 : 0) {
    last = read();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
