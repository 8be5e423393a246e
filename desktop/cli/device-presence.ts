/**
 * Tells who is here and who has gone, by name. A device that comes back at once was never away, as after a pairing or
 * a change of networks; one that was thrown out is told as that.
 */
import type { Device } from "../core/devices/device.ts";
import type { DeviceRegistry } from "../core/devices/device-registry.ts";

/** A loss shorter than this is not told. */
export const SHORT_ABSENCE_MS = 2_000;

export interface DevicePresenceOptions {
  readonly log: (text: string) => void;
  readonly devices: () => Pick<DeviceRegistry, "get"> | undefined;
}

export interface DevicePresence {
  connected(id: string): void;
  disconnected(id: string): void;
  /** Thrown out, and no longer among the devices. */
  revoked(device: Pick<Device, "id" | "name">): void;
}

export function devicePresence({ log, devices }: DevicePresenceOptions): DevicePresence {
  /** What those that were told to be here are called. */
  const here = new Map<string, string>();
  const leaving = new Map<string, NodeJS.Timeout>();

  const calledNow = (id: string) => {
    const name = devices()?.get(id)?.name;
    return name === undefined ? undefined : `${name} (${id})`;
  };

  function left(id: string, how: string): void {
    log(`${calledNow(id) ?? here.get(id) ?? id} ${how}`);
    here.delete(id);
  }

  return {
    connected(id) {
      clearTimeout(leaving.get(id));
      leaving.delete(id);
      if (here.has(id)) return;
      const called = calledNow(id) ?? id;
      here.set(id, called);
      log(`${called} is connected`);
    },
    revoked({ id, name }) {
      clearTimeout(leaving.get(id));
      leaving.delete(id);
      if (here.delete(id)) log(`${name} (${id}) was revoked`);
    },
    disconnected(id) {
      if (!here.has(id)) return;
      if (devices()?.get(id) === undefined) {
        left(id, "was revoked");
        return;
      }
      const timer = setTimeout(() => {
        leaving.delete(id);
        left(id, devices()?.get(id) === undefined ? "was revoked" : "is gone");
      }, SHORT_ABSENCE_MS);
      timer.unref();
      leaving.set(id, timer);
    },
  };
}
