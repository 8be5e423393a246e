/**
 * A browser's tab that nobody watches. A debugger that asks for network events, as every test library does, gets a copy
 * of each WebSocket message, and a page through the tunnel is then four times slower than it is for people. So this one
 * is driven by evaluation alone.
 */
import type { Browser, CDPSession } from "playwright-core";

export interface UnobservedTab {
  /** Runs a function in the page; it sees nothing but its argument. Rejects with what it throws. */
  evaluate<Argument, Result>(
    run: (argument: Argument) => Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
  goto(address: string): Promise<void>;
  /** Ends the page's service worker, as the browser does with one that was idle for long. */
  stopWorker(): Promise<void>;
}

/** Of a profile of its own, which ends with the browser. */
export async function openUnobservedTab(browser: Browser): Promise<UnobservedTab> {
  const root = await browser.newBrowserCDPSession();
  const { browserContextId } = await root.send("Target.createBrowserContext");
  const { targetId } = await root.send("Target.createTarget", { url: "about:blank", browserContextId });
  const { sessionId } = await root.send("Target.attachToTarget", { targetId, flatten: false });
  const { send, told } = messenger(root, sessionId);
  return {
    async stopWorker() {
      await send("ServiceWorker.enable", {});
      const stopped = told("ServiceWorker.workerVersionUpdated", (event) =>
        JSON.stringify(event).includes('"runningStatus":"stopped"'),
      );
      await send("ServiceWorker.stopAllWorkers", {});
      await stopped;
      await send("ServiceWorker.disable", {});
    },
    async goto(address) {
      await send("Page.navigate", { url: address });
    },
    async evaluate(run, argument) {
      const expression = `(${run})(${JSON.stringify(argument)})`;
      const answer = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
      return answer.result?.value as never;
    },
  };
}

interface Answer {
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: unknown;
}

interface Told {
  readonly method?: string;
  readonly params?: unknown;
}

function messenger(root: CDPSession, sessionId: string) {
  const waiting = new Map<number, (answer: Answer) => void>();
  const listeners = new Set<(event: Told) => void>();
  let last = 0;
  root.on("Target.receivedMessageFromTarget", ({ message, sessionId: from }) => {
    if (from !== sessionId) return;
    const { id, result, ...event }: { id?: number; result?: Answer } & Told = JSON.parse(message);
    if (id === undefined) {
      for (const listen of listeners) listen(event);
      return;
    }
    waiting.get(id)?.(result ?? {});
    waiting.delete(id);
  });
  const told = (method: string, isIt: (params: unknown) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const listen = (event: Told) => {
        if (event.method !== method || !isIt(event.params)) return;
        listeners.delete(listen);
        resolve();
      };
      listeners.add(listen);
    });
  const send = (method: string, params: object): Promise<Answer> => {
    last += 1;
    const id = last;
    return new Promise((resolve, reject) => {
      waiting.set(id, resolve);
      root
        .send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) })
        .catch(reject);
    });
  };
  return { send, told };
}
