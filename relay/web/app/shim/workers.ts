/**
 * Workers that the app makes. Those that are loaded from the app get our script from the service worker; one made from
 * a `blob:` gets it in front of its own text here. The app's own service workers are refused: there is one place for
 * one, and it is taken.
 *
 * A worker is not told when the service worker is taken away, and what it asks from then on would reach the relay in
 * clear: so its page ends it. A shared worker has no page that could.
 */

export interface WorkerTools {
  /** The address of the script that goes before a worker's own. */
  readonly scriptUrl: string;
  readonly warn: (text: string) => void;
}

interface Host {
  Worker?: typeof Worker;
  SharedWorker?: typeof SharedWorker;
  readonly URL: typeof URL;
}

/** Returns how to end the dedicated ones that were made here, and with them those that they made. */
export function wrapWorkers(host: Host, { scriptUrl }: WorkerTools): () => void {
  const blobs = new Map<string, Blob>();
  const running = new Set<WeakRef<Worker>>();
  const { createObjectURL, revokeObjectURL } = host.URL;
  host.URL.createObjectURL = (object) => {
    const url = createObjectURL.call(host.URL, object);
    if (object instanceof Blob) blobs.set(url, object);
    return url;
  };
  host.URL.revokeObjectURL = (url) => {
    blobs.delete(url);
    revokeObjectURL.call(host.URL, url);
  };
  /** The same worker with our script before it; the address is good for one use. */
  const wrapped = (address: unknown, isModule: boolean): { url: unknown; done: () => void } => {
    const blob = blobs.get(String(address));
    if (blob === undefined) return { url: address, done: () => undefined };
    const first = isModule
      ? `import ${JSON.stringify(scriptUrl)};`
      : `importScripts(${JSON.stringify(scriptUrl)});`;
    const url = createObjectURL.call(host.URL, new Blob([first, blob], { type: "text/javascript" }));
    // The browser has read it by then, or the app has lost it as well.
    return { url, done: () => void setTimeout(() => revokeObjectURL.call(host.URL, url), 60_000) };
  };
  const { Worker: NativeWorker, SharedWorker: NativeShared } = host;
  if (NativeWorker !== undefined) {
    host.Worker = new Proxy(NativeWorker, {
      construct(target, [address, options = {}], newTarget) {
        const { url, done } = wrapped(address, options.type === "module");
        const made: Worker = Reflect.construct(target, [url, options], newTarget);
        done();
        for (const each of running) if (each.deref() === undefined) running.delete(each);
        running.add(new WeakRef(made));
        return made;
      },
    });
  }
  if (NativeShared !== undefined) {
    host.SharedWorker = new Proxy(NativeShared, {
      construct(target, [address, options], newTarget) {
        const isModule = typeof options === "object" && options !== null && options.type === "module";
        // Two pages that name the same one must meet in it: a copy for each would part them.
        const url = blobs.has(String(address)) ? wrapped(address, isModule).url : address;
        return Reflect.construct(target, options === undefined ? [url] : [url, options], newTarget);
      },
    });
  }
  return () => {
    for (const each of running) each.deref()?.terminate();
  };
}

/** The app's own service workers. */
export function refuseServiceWorkers(container: ServiceWorkerContainer, warn: (text: string) => void): void {
  const replace = (name: keyof ServiceWorkerContainer, value: unknown) =>
    Object.defineProperty(container, name, { configurable: true, value });
  replace("register", async () => {
    warn(
      "This app's own service worker was not registered: through ORA Relay the tunnel to the PC takes its place. Offline use and push do not work here; everything else does.",
    );
    throw new DOMException("Service workers of apps are not available through the tunnel.", "SecurityError");
  });
  replace("getRegistration", async () => undefined);
  replace("getRegistrations", async () => []);
  // It resolves once a worker of the app is active, and none ever is.
  replace("ready", new Promise(() => undefined));
  Object.defineProperty(container, "controller", { configurable: true, get: () => null });
}
