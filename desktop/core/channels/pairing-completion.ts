/** How a device that shook hands to be paired becomes one: by the desk, with what its handshake has proved. */
import type { AcceptedChannel } from "#shared/crypto/accept-channel.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { hashRouteToken } from "#shared/crypto/route-token.ts";
import type { TakenGrant } from "../pairing/offer-book.ts";
import type { PairingDesk } from "../pairing/pairing-desk.ts";
import type { CompletePairing } from "./device-channel.ts";
import type { PendingDevice } from "./pending-device.ts";

export interface PairingCompletion {
  readonly backend: CryptoBackend;
  readonly desk: PairingDesk;
  readonly pending: PendingDevice;
  readonly accepted: AcceptedChannel;
  /** What let it in, when a device did. */
  readonly grant: TakenGrant | undefined;
  /** It is not let in, and whatever its key was good for meanwhile is over. */
  readonly refused: (device: string) => void;
}

export function pairingCompletion(options: PairingCompletion): CompletePairing {
  const { backend, desk, pending, accepted, grant, refused } = options;
  const { id, name, client, routeToken } = pending;
  const { remoteStatic, checkNumber, kind } = accepted;
  const routeTokenHash = hashRouteToken(backend.sha256, routeToken) ?? "";
  return async (signal) => {
    const result = await desk.confirm({
      deviceId: id,
      publicKey: remoteStatic,
      routeTokenHash,
      name,
      client,
      via: kind === "code" ? "code" : "link",
      checkNumber,
      parent: grant?.parent,
      app: grant?.app === true,
      signal,
    });
    // While it was being stored its key was good for a session.
    if (typeof result === "string") refused(id);
    return result;
  };
}
