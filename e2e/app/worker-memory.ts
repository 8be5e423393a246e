/** How much memory the service worker of an origin holds on to: garbage is collected before each look. */
import type { Browser } from "playwright-core";

export interface WorkerMemory {
  /** Bytes at the fullest look, its buffers included. */
  readonly most: number;
  readonly looks: number;
  look(): Promise<void>;
  end(): Promise<void>;
}

interface HeapUsage {
  readonly usedSize?: number;
  readonly backingStorageSize?: number;
  readonly embedderHeapUsedSize?: number;
}

export async function watchWorkerMemory(browser: Browser, origin: string): Promise<WorkerMemory> {
  const root = await browser.newBrowserCDPSession();
  const { targetInfos } = await root.send("Target.getTargets");
  const target = targetInfos.find(({ type, url }) => type === "service_worker" && url.startsWith(origin));
  if (target === undefined) throw new Error("no service worker runs there");
  const { sessionId } = await root.send("Target.attachToTarget", {
    targetId: target.targetId,
    flatten: false,
  });
  const waiting = new Map<number, (result: HeapUsage) => void>();
  root.on("Target.receivedMessageFromTarget", ({ message, sessionId: from }) => {
    if (from !== sessionId) return;
    const { id, result = {} }: { id?: number; result?: HeapUsage } = JSON.parse(message);
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let last = 0;
  const ask = async (method: string): Promise<HeapUsage> => {
    last += 1;
    const id = last;
    const answered = new Promise<HeapUsage>((resolve) => void waiting.set(id, resolve));
    await root.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
    return answered;
  };
  let most = 0;
  let looks = 0;
  return {
    get most() {
      return most;
    },
    get looks() {
      return looks;
    },
    async look() {
      await ask("HeapProfiler.collectGarbage");
      const { usedSize = Number.NaN, backingStorageSize = 0 } = await ask("Runtime.getHeapUsage");
      looks += 1;
      most = Math.max(most, usedSize + backingStorageSize);
    },
    end: () => root.detach(),
  };
}
