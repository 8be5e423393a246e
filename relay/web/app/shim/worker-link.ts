/**
 * The page's way to its worker: messages there and back, marked as ours, which the app's own listeners never see. A
 * visible page says every few seconds that it is there, because browsers stop a worker that hears nothing.
 */
import { MARK, type ToPage, type ToWorker, wordOf } from "../calls/messages.ts";

/** Below the 30 s after which browsers stop an idle worker. Milliseconds. */
const PING_MS = 15_000;

export interface WorkerLink {
  /** Another instance has taken the worker's place: what lived in the old one is gone. */
  onRestart(run: () => void): () => void;
  on(word: string, run: (message: ToPage) => void): void;
  send(message: ToWorker, ports?: MessagePort[]): void;
  /** False once the browser has taken the worker away, as with all that this origin stored: nobody hears then. */
  isThere(): boolean;
  /** The browser has taken it away. */
  onGone(run: () => void): void;
}

export function linkToWorker(container: ServiceWorkerContainer, page: Document): WorkerLink {
  const heard = new Map<string, ((message: ToPage) => void)[]>();
  const restarted = new Set<() => void>();
  let instance: string | undefined;
  // The app sees none (see `refuseServiceWorkers`), so the property of the instance is not asked.
  const controller = (): ServiceWorker | null =>
    Reflect.get(Object.getPrototypeOf(container), "controller", container);
  const send = (message: ToWorker, ports: MessagePort[] = []) => controller()?.postMessage(message, ports);
  container.addEventListener("message", (event) => {
    const word = wordOf(event.data);
    if (word === undefined) return;
    event.stopImmediatePropagation();
    for (const run of heard.get(word) ?? []) run(event.data);
  });
  // Without this they wait until the document is parsed.
  container.startMessages();
  const on = (word: string, run: (message: ToPage) => void) =>
    heard.set(word, [...(heard.get(word) ?? []), run]);
  on("pong", (message) => {
    if (!("instance" in message)) return;
    const isOther = instance !== undefined && instance !== message.instance;
    instance = message.instance;
    if (isOther) for (const run of restarted) run();
  });
  const ping = () => send({ [MARK]: "ping" });
  ping();
  setInterval(() => {
    if (page.visibilityState === "visible" || restarted.size > 0) ping();
  }, PING_MS);
  page.addEventListener("visibilitychange", () => {
    if (page.visibilityState !== "visible") return;
    ping();
    send({ [MARK]: "wake" });
  });
  return {
    on,
    send,
    isThere: () => controller() !== null,
    onGone(run) {
      container.addEventListener("controllerchange", () => {
        if (controller() === null) run();
      });
    },
    onRestart(run) {
      restarted.add(run);
      return () => restarted.delete(run);
    },
  };
}
