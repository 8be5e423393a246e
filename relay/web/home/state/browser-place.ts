/** What this browser and this origin can do, looked at once. */
import type { Texts } from "../texts/texts.ts";
import { deviceKind } from "./device-name.ts";
import type { OpenedTab } from "./pcs.ts";

/** What this page is and may. */
export interface Place {
  /** Where this page came from, which is where the relay is. */
  readonly relay: string;
  readonly isSecure: boolean;
  readonly scanner: "ready" | "insecure" | "absent";
  readonly deviceName: (texts: Texts) => string;
  readonly isOnline: () => boolean;
  readonly go: (url: string) => void;
  readonly reload: () => void;
  /** Asks the browser to keep what is stored. */
  readonly persist: () => void;
}

export function browserPlace({ location, navigator, isSecureContext }: Window): Place {
  // Browsers leave the camera out where an origin must not have it, and the types do not know.
  const media: MediaDevices | undefined = navigator.mediaDevices;
  const hasCamera = media?.getUserMedia !== undefined;
  return {
    relay: new URL("./", location.href).href.replace(/\/$/, ""),
    isSecure: isSecureContext,
    scanner: hasCamera ? "ready" : isSecureContext ? "absent" : "insecure",
    deviceName: ({ deviceNames }) => deviceNames[deviceKind(navigator.userAgent, navigator.maxTouchPoints)],
    isOnline: () => navigator.onLine,
    go: (url) => location.assign(url),
    reload: () => location.reload(),
    persist: () => {
      // It is a wish: without it the browser may clear what is rarely used.
      const storage: StorageManager | undefined = navigator.storage;
      storage?.persist?.().catch(() => undefined);
    },
  };
}

/** An empty tab that is told where to go later, and cannot reach back. Undefined when the browser allows none. */
export function openTab(window: Window): OpenedTab | undefined {
  const tab = window.open("about:blank", "_blank");
  if (tab === null) return undefined;
  tab.opener = null;
  return {
    go: (url) => tab.location.replace(url),
    close: () => tab.close(),
  };
}
