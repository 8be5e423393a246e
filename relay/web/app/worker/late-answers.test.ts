/** Answers that take longer than a worker may, with a clock of their own. */
import { beforeEach, expect, it } from "vitest";
import { LATER_HEADER } from "../calls/messages.ts";
import { ABANDONED_MS, LATE_MS, LateAnswers } from "./late-answers.ts";

let now: number;
let timers: { at: number; run: () => void }[];
let late: LateAnswers;
let begun: { signal: AbortSignal; answer: (response: Response) => void }[];

beforeEach(() => {
  now = 0;
  timers = [];
  begun = [];
  let tickets = 0;
  late = new LateAnswers({
    after(delayMs, run) {
      const timer = { at: now + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    random: () => {
      tickets += 1;
      return `ticket ${tickets}`;
    },
    first: "first",
  });
});

async function pass(ms: number): Promise<void> {
  now += ms;
  const due = timers.filter(({ at }) => at <= now);
  timers = timers.filter(({ at }) => at > now);
  for (const { run } of due) run();
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

function ask(ticket: string, { mayRepeat = false, signal = new AbortController().signal } = {}) {
  const begin = (own: AbortSignal) =>
    new Promise<Response>((resolve) => void begun.push({ signal: own, answer: resolve }));
  return late.answer({ ticket, signal, mayRepeat, begin });
}

/** The ticket of an answer that is late. */
async function ticketOf(asked: Promise<Response>): Promise<string> {
  await pass(LATE_MS);
  const answer = await asked;
  expect(answer.status).toBe(204);
  return answer.headers.get(LATER_HEADER) ?? "";
}

it("passes on what comes a moment before it is late", async () => {
  const asked = ask("first");
  await pass(LATE_MS - 1);
  begun[0]?.answer(new Response("word"));
  expect(await (await asked).text()).toBe("word");
  expect(timers).toEqual([]);
});

it("asks the PC once for an answer that takes three times as long as a worker may", async () => {
  const first = await ticketOf(ask("first"));
  const second = await ticketOf(ask(first));
  expect(second).not.toBe(first);
  const asked = ask(second);
  begun[0]?.answer(new Response("word"));
  expect(await (await asked).text()).toBe("word");
  expect(begun).toHaveLength(1);
});

it("gives an answer that came between two questions", async () => {
  const ticket = await ticketOf(ask("first"));
  begun[0]?.answer(new Response("word"));
  expect(await (await ask(ticket)).text()).toBe("word");
});

it("gives up when nobody asks again, and not before", async () => {
  await ticketOf(ask("first"));
  await pass(ABANDONED_MS - 1);
  expect(begun[0]?.signal.aborted).toBe(false);
  await pass(1);
  expect(begun[0]?.signal.aborted).toBe(true);
});

it("gives up when the page does, also while it asks again", async () => {
  const ticket = await ticketOf(ask("first"));
  const page = new AbortController();
  void ask(ticket, { signal: page.signal });
  await pass(ABANDONED_MS);
  expect(begun[0]?.signal.aborted).toBe(false);
  page.abort();
  expect(begun[0]?.signal.aborted).toBe(true);
});

it("asks anew with a ticket that it does not know, and only what does no harm twice", async () => {
  expect((await ask("lost")).type).toBe("error");
  expect(begun).toHaveLength(0);
  const asked = ask("lost", { mayRepeat: true });
  begun[0]?.answer(new Response("word"));
  expect(await (await asked).text()).toBe("word");
});

it("takes a ticket once", async () => {
  const ticket = await ticketOf(ask("first"));
  void ask(ticket);
  expect((await ask(ticket)).type).toBe("error");
});
