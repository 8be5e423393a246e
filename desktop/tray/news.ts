/** Which events of the node are worth a notification, and in what words. Names in it are cleaned; nothing of a code is. */
import { cleanName } from "../core/devices/device-name.ts";
import type { CoreEvent } from "../core/node-event.ts";
import { shorten } from "./menu-label.ts";
import type { TrayTexts } from "./texts/texts.ts";

/** Notifications have little room. Code points. */
const MAX_NAME_LENGTH = 32;

export interface News {
  readonly title: string;
  readonly body: string;
  /** The device whose pairing can be undone. */
  readonly undo?: string;
  readonly opens: "pairing" | "devices";
}

export function announcementOf(event: CoreEvent, notify: TrayTexts["notify"]): News | undefined {
  const shown = (name: string) => shorten(cleanName(name), MAX_NAME_LENGTH);
  switch (event.kind) {
    case "question": {
      const { name, checkNumber } = event.question;
      return { title: notify.asks(shown(name)), body: notify.asksBody(checkNumber), opens: "pairing" };
    }
    case "paired": {
      const { id, name } = event.device;
      const body = notify.pairedBody(event.checkNumber);
      return { title: notify.paired(shown(name)), body, undo: id, opens: "pairing" };
    }
    case "plaintext_paired":
      return {
        title: notify.plaintextPaired(event.peer === "" ? "?" : shown(event.peer)),
        body: notify.plaintextPairedBody,
        opens: "devices",
      };
    case "device_expired":
      return { title: notify.expired(shown(event.device.name)), body: notify.expiredBody, opens: "devices" };
    case "not_stored":
      return { title: notify.notStored(shown(event.name)), body: notify.notStoredBody, opens: "devices" };
    case "devices_full":
      return { title: notify.notStored(shown(event.name)), body: notify.noRoomBody, opens: "devices" };
    case "wrong_code":
      return { title: notify.wrongCode, body: notify.wrongCodeBody, opens: "pairing" };
    default:
      return undefined;
  }
}
