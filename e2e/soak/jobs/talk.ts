/** A WebSocket: each message goes when the one before has come back, and at the end it is closed in order. */
import type { Outcome } from "../tally.ts";
import type { Job } from "./job.ts";

const MAX_MESSAGES = 400;
const MAX_CHARS = 40_000;
const NORMAL = 1000;

export const talk: Job = ({ caller, key, random, stop, progress }) => {
  const socket = caller.talk?.(`/talk?key=${key}`);
  if (socket === undefined) return Promise.resolve({ kind: "told", word: "has no WebSocket" });
  const messages = random.between(1, MAX_MESSAGES);
  let bytes = 0;
  let number = 0;
  let message = "";
  let wrong: Outcome | undefined;
  const sendNext = () => {
    message = `${key} ${number} ${"x".repeat(random.between(0, MAX_CHARS))}`;
    socket.send(message);
  };
  return new Promise((resolve, reject) => {
    socket.onopen = sendNext;
    // The close tells.
    socket.onerror = () => undefined;
    socket.onmessage = ({ data }) => {
      progress();
      bytes += message.length;
      number += 1;
      if (data !== message) wrong ??= { kind: "wrong", what: `message ${number} of ${key} is another` };
      if (wrong !== undefined || number === messages || stop.aborted) socket.close(NORMAL);
      else sendNext();
    };
    socket.onclose = ({ code }) => {
      if (wrong !== undefined) resolve(wrong);
      else if (code === NORMAL && (number === messages || stop.aborted)) resolve({ kind: "right", bytes });
      else if (code === NORMAL) resolve({ kind: "wrong", what: `the WebSocket of ${key} ended in order` });
      else reject(Object.assign(new Error("closed"), { code: `ws ${code}` }));
    };
  });
};
