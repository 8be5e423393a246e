/** A device while it pairs: what the node will call it, and what it is told in the handshake's answer. */
import type { ClientHello } from "#shared/crypto/accept-channel.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { generateRouteToken } from "#shared/crypto/route-token.ts";
import { FEATURE } from "#shared/protocol/v2/app-messages.ts";
import {
  decodePairRequest,
  encodeNodeGreeting,
  encodePairAnswer,
} from "#shared/protocol/v2/pairing-messages.ts";
import type { DeviceRegistry } from "../devices/device-registry.ts";

/** What this node speaks beyond the first version 2. */
const FEATURES = [FEATURE.API, FEATURE.APPS] as const;

export interface PendingDevice {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  readonly routeToken: string;
}

/** Nothing of it is known yet outside its channel. */
export function pendingDevice(
  hello: ClientHello,
  {
    backend,
    devices,
  }: { readonly backend: CryptoBackend; readonly devices: Pick<DeviceRegistry, "freshId"> },
): PendingDevice {
  const { name, client } = decodePairRequest(hello.payload) ?? { name: "", client: "" };
  return { id: devices.freshId(), name, client, routeToken: generateRouteToken(backend) };
}

/** The payload of HS2: to a device that pairs, or to one that says it has. */
export function greeting(nodeName: string, pending: PendingDevice | undefined): Uint8Array {
  const said = { node_name: nodeName, features: FEATURES };
  if (pending === undefined) return encodeNodeGreeting(said);
  return encodePairAnswer({ ...said, device: pending.id, route_token: pending.routeToken });
}
