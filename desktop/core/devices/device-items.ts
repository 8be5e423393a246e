/** The paired devices as items of the secret store: one each, named by the device's id. */
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { type Device, decodeDevice } from "./device.ts";

const ITEM_PREFIX = "device-";

export function itemOf(id: string): string {
  return ITEM_PREFIX + id;
}

/** A public key as what a map can be keyed by. */
export function keyText(publicKey: Uint8Array): string {
  return encodeBase64Url(publicKey);
}

/** All devices that can be read, and the names of the items that cannot. @throws SecretsError */
export async function readDevices(store: SecretStore): Promise<{ devices: Device[]; damaged: string[] }> {
  const damaged: string[] = [];
  const devices: Device[] = [];
  for (const item of await store.list()) {
    if (!item.startsWith(ITEM_PREFIX)) continue;
    const device = await readItem(store, item);
    if (device === undefined || devices.some((other) => sharesKey(other, device))) damaged.push(item);
    else devices.push(device);
  }
  return { devices, damaged };
}

async function readItem(store: SecretStore, item: string): Promise<Device | undefined> {
  let text: string | undefined;
  try {
    text = await store.get(item);
  } catch (error) {
    // One damaged file must not keep the others out; a store that fails as a whole must.
    if (error instanceof Error && "code" in error && error.code === "damaged") return undefined;
    throw error;
  }
  const device = text === undefined ? undefined : decodeDevice(text);
  return device !== undefined && itemOf(device.id) === item ? device : undefined;
}

function sharesKey(left: Device, right: Device): boolean {
  return keyText(left.publicKey) === keyText(right.publicKey) || left.routeTokenHash === right.routeTokenHash;
}
