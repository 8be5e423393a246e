/** Requests with an end: small ones, downloads and uploads, whole or given up in the middle. */
import { createHash } from "node:crypto";
import { MIB } from "../../support/bulk.ts";
import { type Piece, pieceHash, pieceQuery } from "../piece.ts";
import type { Outcome } from "../tally.ts";
import { type Job, type JobContext, textOf, trouble } from "./job.ts";

/** What protocol 1 carries in one message, and less. */
const MAX_WHOLE_BYTES = 250_000;
/** The bulk body repeats itself; pieces begin anywhere in it. */
const PLACES = 1_000_000;

function anyPiece({ random, caller }: JobContext): Piece {
  const from = random.between(0, PLACES);
  if (random.percent(30)) return { from, length: random.between(0, 100) };
  if (!caller.streams) return { from, length: random.between(0, MAX_WHOLE_BYTES) };
  const length = random.percent(8) ? random.between(4 * MIB, 24 * MIB) : random.between(0, 2 * MIB);
  return { from, length };
}

export const small: Job = async ({ caller, key }) => {
  const answer = await caller.ask({ path: `/small?key=${key}` });
  const wrong = await trouble(answer, key);
  if (wrong !== undefined) return wrong;
  const text = await textOf(answer);
  return text === key ? right(text.length) : { kind: "wrong", what: `a small body of ${key} is another` };
};

export const download: Job = async (context) => {
  const { caller, key, random, progress } = context;
  const piece = anyPiece(context);
  const chunked = random.percent(50) ? "&chunked" : "";
  const answer = await caller.ask({ path: `/down?key=${key}&${pieceQuery(piece)}${chunked}` });
  const wrong = await trouble(answer, key);
  if (wrong !== undefined) return wrong;
  const hash = createHash("sha256");
  let received = 0;
  for await (const chunk of answer.body) {
    hash.update(chunk);
    received += chunk.length;
    progress();
  }
  if (received === piece.length && hash.digest("hex") === pieceHash(piece)) return right(received);
  return { kind: "wrong", what: `download ${key}: ${received} of ${piece.length} bytes, or others` };
};

export const upload: Job = async (context) => {
  const { caller, key, random, api } = context;
  const piece = anyPiece(context);
  const method = random.oneOf(["PUT", "POST"] as const);
  const path = `/up?key=${key}&${pieceQuery(piece)}`;
  const answer = await caller.ask({ path, upload: { ...piece, method } });
  const wrong = await trouble(answer, key);
  if (wrong !== undefined) return wrong;
  const isRight = (await textOf(answer)) === pieceHash(piece) && api.hasArrived(key);
  return isRight ? right(piece.length) : { kind: "wrong", what: `${method} ${key} arrived as another` };
};

/** A download or an upload that nobody wants any more. What matters is what becomes of everybody else. */
export const cancelled: Job = async (context) => {
  const { caller, key, random } = context;
  const piece = { from: random.between(0, PLACES), length: random.between(MIB, 16 * MIB) };
  const isUpload = random.percent(50);
  const path = `/${isUpload ? "up" : "down"}?key=${key}&${pieceQuery(piece)}`;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), random.between(1, 400));
  try {
    const { signal } = controller;
    const answer = await caller.ask({
      path,
      signal,
      ...(isUpload && { upload: { ...piece, method: "POST" as const } }),
    });
    const wrong = await trouble(answer, key);
    if (wrong !== undefined) return wrong;
    let received = 0;
    for await (const chunk of answer.body) received += chunk.length;
    // It was through before it was given up.
    const isWhole = isUpload || received === piece.length;
    return isWhole ? right(piece.length) : { kind: "wrong", what: `${key} was given up and ended in order` };
  } catch (error) {
    if (controller.signal.aborted) return right(0);
    throw error;
  } finally {
    clearTimeout(timer);
  }
};

function right(bytes: number): Outcome {
  return { kind: "right", bytes };
}
