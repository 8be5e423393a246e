/**
 * The browser's own limits, waited for: it stops a worker that was idle for 30 s, and one whose single event takes five
 * minutes. Each in the middle of something, all at the same time, in a tab each that nobody looks at.
 */
import type { Browser } from "playwright-core";
import type { AppWorld } from "../app/app-world.ts";
import type { UnobservedTab } from "../bench/unobserved-tab.ts";
import type { LongApp } from "./long-app.ts";
import type { Row } from "./row.ts";
import { openTab, request, show } from "./tab.ts";

/** What a page keeps for us; it names itself in none of the app's ways. */
const KEPT = "survivalKept";

export interface WaitOptions {
  readonly browser: Browser;
  readonly world: AppWorld;
  readonly app: LongApp;
  readonly waitMs: number;
}

interface Wait {
  readonly what: string;
  begin(tab: UnobservedTab): Promise<unknown>;
  /** After the wait: what is to be seen, and whether that is right. */
  end(tab: UnobservedTab): Promise<{ seen: string; isRight: boolean }>;
}

const kept = <Result>(tab: UnobservedTab): Promise<Result> =>
  tab.evaluate(async (name: string) => Reflect.get(window, name), KEPT);

function waits({ app }: WaitOptions): Wait[] {
  return [
    {
      what: "a request without an answer",
      begin: (tab) => keepAnswer(tab, "/late"),
      async end(tab) {
        const text = await kept<string>(tab);
        const times = app.asked.get("/late") ?? 0;
        return { seen: `${text}, asked ${times} time(s)`, isRight: text === "late" && times === 1 };
      },
    },
    {
      what: "a request with a body and without an answer",
      begin: (tab) => keepAnswer(tab, "/late-post", { method: "POST", body: "given" }),
      async end(tab) {
        const text = await kept<string>(tab);
        const times = app.asked.get("/late-post") ?? 0;
        return { seen: `${text}, asked ${times} time(s)`, isRight: text === "late given" && times === 1 };
      },
    },
    {
      what: "an answer in drops",
      begin: (tab) => keepAnswer(tab, "/drops"),
      async end(tab) {
        const text = await kept<string>(tab);
        const isWhole = /^\.*end$/.test(text);
        return { seen: isWhole ? "whole" : text, isRight: isWhole || /Error$/.test(text) };
      },
    },
    {
      what: "server-sent events, one in 40 s",
      begin: (tab) =>
        tab.evaluate(async (name: string) => {
          const seen: string[] = [];
          const source = new EventSource("/events");
          source.onmessage = ({ data }) => seen.push(data);
          source.onerror = () => seen.push("again");
          Object.assign(window, { [name]: seen });
        }, KEPT),
      async end(tab) {
        const seen = await kept<string[]>(tab);
        const ids = seen.filter((each) => each !== "again").map(Number);
        const isWhole = ids.length > 0 && ids.every((id, at) => id === at + 1);
        return {
          seen: `${ids.length} events${isWhole ? ", none lost or twice" : `: ${seen}`}, ${seen.length - ids.length} reconnects`,
          isRight: isWhole,
        };
      },
    },
    {
      what: "a WebSocket that says nothing",
      begin: (tab) =>
        tab.evaluate(async (name: string) => {
          const socket = new WebSocket("/talk");
          await new Promise((resolve) => socket.addEventListener("open", resolve));
          const closed = new Promise((resolve) =>
            socket.addEventListener("close", ({ code }) => resolve(`closed with ${code}`)),
          );
          Object.assign(window, { [name]: { socket, closed } });
        }, KEPT),
      async end(tab) {
        const seen = await tab.evaluate(async (name: string) => {
          const { socket, closed } = Reflect.get(window, name);
          const said = new Promise<string>((resolve) =>
            socket.addEventListener("message", ({ data }: MessageEvent) => resolve(`echoes ${data}`)),
          );
          if (socket.readyState === 1) socket.send("hello");
          return Promise.race([said, closed]);
        }, KEPT);
        return { seen: String(seen), isRight: seen === "echoes hello" || seen === "closed with 1006" };
      },
    },
  ];
}

function keepAnswer(
  tab: UnobservedTab,
  path: string,
  init: { readonly method?: string; readonly body?: string } = {},
): Promise<void> {
  return tab.evaluate(
    async ({ name, address, words }: { name: string; address: string; words: RequestInit }) => {
      const answer = fetch(address, words)
        .then((response) => response.text())
        .catch((error) => error.name);
      Object.assign(window, { [name]: answer });
    },
    { name: KEPT, address: path, words: init },
  );
}

/** Resolves after `waitMs` with a row for each. */
export async function waitLong(options: WaitOptions): Promise<Row[]> {
  const { browser, world, waitMs } = options;
  const all = waits(options);
  const tabs: UnobservedTab[] = [];
  // One after the other: a PC lets few devices in at a time.
  for (let at = 0; at < all.length; at += 1) tabs.push(await openTab(browser, world));
  for (const [at, wait] of all.entries()) {
    const tab = tabs[at];
    if (tab === undefined) continue;
    await wait.begin(tab);
    await show(tab, false);
  }
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  const rows: Row[] = [];
  for (const [at, wait] of all.entries()) {
    const tab = tabs[at];
    if (tab === undefined) continue;
    await show(tab, true);
    const { seen, isRight } = await wait.end(tab);
    const { text, ms } = await request(tab);
    rows.push({
      what: `hidden for ${Math.round(waitMs / 1000)} s in the middle of ${wait.what}`,
      seen: `${seen}; then a request: ${text} after ${ms} ms`,
      isRight: isRight && text === "word",
    });
  }
  return rows;
}
