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
}

/** Of a profile of its own, which ends with the browser. */
export async function openUnobservedTab(browser: Browser): Promise<UnobservedTab> {
  const root = await browser.newBrowserCDPSession();
  const { browserContextId } = await root.send("Target.createBrowserContext");
  const { targetId } = await root.send("Target.createTarget", { url: "about:blank", browserContextId });
  const { sessionId } = await root.send("Target.attachToTarget", { targetId, flatten: false });
  const send = messenger(root, sessionId);
  return {
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

function messenger(root: CDPSession, sessionId: string) {
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  root.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result }: { id?: number; result?: Answer } = JSON.parse(message);
    if (id === undefined) return;
    waiting.get(id)?.(result ?? {});
    waiting.delete(id);
  });
  return (method: string, params: object): Promise<Answer> => {
    last += 1;
    const id = last;
    return new Promise((resolve, reject) => {
      waiting.set(id, resolve);
      root
        .send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) })
        .catch(reject);
    });
  };
}
