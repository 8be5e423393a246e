/** The app's `fetch`, in front of a worker that answers when it likes. */
import { expect, it } from "vitest";
import { LATER_HEADER, LENGTH_HEADER, WAITS, WAITS_HEADER } from "../calls/messages.ts";
import { onlyThroughWorker, wrapFetch } from "./requests.ts";

interface Seen {
  readonly method: string;
  readonly waits: string | null;
  readonly length: string | null;
  readonly body: string;
  readonly policy: string;
}

const ADDRESS = "http://pc.localhost/slow";

/** Answers with these, one after the other, and tells what it was asked. */
function worker(answers: readonly (() => Response)[]) {
  const seen: Seen[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { method, headers, body, referrerPolicy: policy } = new Request(input, init);
    const text = await new Response(body).text();
    const waits = headers.get(WAITS_HEADER);
    seen.push({ method, waits, length: headers.get(LENGTH_HEADER), body: text, policy });
    const answer = answers[seen.length - 1]?.() ?? Response.error();
    if (answer.type === "error") throw new TypeError("no answer");
    Object.defineProperty(answer, "url", { value: ADDRESS });
    return answer;
  };
  const tools = {
    fetch,
    isTunnelled: () => true,
    isThere: () => true,
    base: () => ADDRESS,
    cookiesWritten: () => undefined,
    warn: () => undefined,
  };
  return { seen, fetch: wrapFetch(tools) };
}

const late = (ticket: string) => () =>
  new Response(null, { status: 204, headers: { [LATER_HEADER]: ticket } });
const word = () => new Response("word");

it("asks until there is an answer, and sends the body once", async () => {
  const { seen, fetch } = worker([late("one"), late("two"), word]);
  const answer = await fetch(ADDRESS, { method: "POST", body: "given" });
  expect(await answer.text()).toBe("word");
  expect(seen).toEqual([
    { method: "POST", waits: WAITS, length: "5", body: "given", policy: "" },
    { method: "POST", waits: "one", length: null, body: "", policy: "" },
    { method: "POST", waits: "two", length: null, body: "", policy: "" },
  ]);
});

it("does it for a request object as well", async () => {
  const { seen, fetch } = worker([late("one"), word]);
  const words = { method: "PUT", body: "given", referrerPolicy: "origin" } as const;
  const answer = await fetch(new Request(ADDRESS, words));
  expect(await answer.text()).toBe("word");
  expect(seen[0]?.policy).toBe("origin");
  expect(seen.map(({ method, waits, body }) => [method, waits, body])).toEqual([
    ["PUT", WAITS, "given"],
    ["PUT", "one", ""],
  ]);
});

it("begins again when the worker was stopped meanwhile, unless that could do it twice", async () => {
  const lost = () => Response.error();
  const read = worker([late("one"), lost, word]);
  expect(await (await read.fetch(ADDRESS)).text()).toBe("word");
  expect(read.seen.map(({ waits }) => waits)).toEqual([WAITS, "one", WAITS]);
  const written = worker([late("one"), lost, word]);
  await expect(written.fetch(ADDRESS, { method: "POST" })).rejects.toThrow(TypeError);
  expect(written.seen).toHaveLength(2);
});

it("stops asking when the page gives up", async () => {
  const page = new AbortController();
  const { seen, fetch } = worker([
    () => {
      page.abort();
      return late("one")();
    },
    () => Response.error(),
    word,
  ]);
  await expect(fetch(ADDRESS, { signal: page.signal })).rejects.toThrow();
  expect(seen.length).toBeLessThan(3);
});

it("sends nothing for the PC once the worker is gone, and everything else", async () => {
  const asked: string[] = [];
  let isThere = true;
  const fetch = onlyThroughWorker({
    fetch: async (input) => {
      asked.push(String(input));
      return word();
    },
    isTunnelled: (address) => address.startsWith("http://pc.localhost/"),
    isThere: () => isThere,
    base: () => ADDRESS,
  });
  await fetch("/before");
  isThere = false;
  await expect(fetch("/secret", { method: "POST", body: "word" })).rejects.toThrow(TypeError);
  await expect(fetch(new Request(ADDRESS))).rejects.toThrow(TypeError);
  await fetch("https://elsewhere.example/");
  expect(asked).toEqual(["/before", "https://elsewhere.example/"]);
});
