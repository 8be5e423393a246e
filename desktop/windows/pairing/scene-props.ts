/** What every scene of the pairing window is given, and what the remedy of a status does there. */
import type { OraBridge } from "../contract/bridge.ts";
import type { PairingView } from "../contract/pairing-view.ts";
import type { StatusView } from "../contract/status-view.ts";

export interface SceneProps {
  readonly view: PairingView;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly ora: OraBridge;
}

/** What a remedy of the status does here. */
export function carryOut(ora: OraBridge, remedy: NonNullable<StatusView["remedy"]>): void {
  switch (remedy) {
    case "resume":
      void ora.resume();
      return;
    case "try_now":
      void ora.tryNow();
      return;
    case "relay_settings":
      void ora.openSettings({ section: "relay" });
      return;
    case "api_settings":
      void ora.openSettings({ section: "api" });
      return;
    case "proxy_settings":
      void ora.openSettings({ section: "app" });
      return;
  }
}
