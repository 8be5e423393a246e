/**
 * Installs the page's service worker where the origin may have one, and tells when a newer one waits. Without it
 * everything works but opening without a network.
 */
import { TAKE_OVER } from "../worker/shell.ts";

/** Browsers with Trusted Types want to know that this address is our own. */
const POLICY = "ora-worker";
const WORKER = "worker.js";

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): string;
  };
}

export interface InstalledWorker {
  /** Looks for a newer one. */
  check(): void;
  /** Lets the newer one take over, and loads the page anew. */
  renew(): void;
}

/** `waits` is called when there is a newer page. */
export async function installWorker(window: Window, waits: () => void): Promise<InstalledWorker | undefined> {
  const container: ServiceWorkerContainer | undefined = window.navigator.serviceWorker;
  if (container === undefined) return undefined;
  const types = "trustedTypes" in window ? (window.trustedTypes as TrustedTypes) : undefined;
  const url =
    types?.createPolicy(POLICY, { createScriptURL: (text) => text }).createScriptURL(WORKER) ?? WORKER;
  const registration = await container.register(url, { scope: "./", updateViaCache: "none" });
  const look = () => {
    // The first one of all waits for nothing.
    if (registration.waiting !== null && container.controller !== null) waits();
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  look();
  return {
    check: () => void registration.update().catch(() => undefined),
    renew() {
      const { waiting } = registration;
      if (waiting === null) {
        window.location.reload();
        return;
      }
      container.addEventListener("controllerchange", () => window.location.reload(), { once: true });
      waiting.postMessage(TAKE_OVER);
    },
  };
}
