/** Which handshake a channel awaits. The relay's word chooses it; the handshake decides whether it was right. */
import type { ChannelOpening } from "#shared/crypto/accept-channel.ts";
import type { ChannelOpen } from "#shared/protocol/v2/relay-messages.ts";
import type { DeviceRegistry } from "../devices/device-registry.ts";
import type { OfferBook, TakenGrant } from "../pairing/offer-book.ts";
import type { HandshakeOwner } from "./handshake-slots.ts";

export type Opening = ChannelOpening & {
  /** For whom it is, once a link was taken that a device had asked for. */
  grant(): TakenGrant | undefined;
};

/** Undefined for an offer that is not there. */
export function openingOf(announced: ChannelOpen, offers: OfferBook): Opening | undefined {
  if (announced.via === "session") return { kind: "session", grant: () => undefined };
  const { route } = announced;
  const kind = offers.kindOf(route);
  if (kind === "code") return { kind, route, take: () => offers.takeTyped(route), grant: () => undefined };
  if (kind === undefined) return undefined;
  let taken: { readonly grant?: TakenGrant } | undefined;
  return {
    kind,
    route,
    secret: () => offers.linkSecret(route),
    take() {
      taken = offers.takeLink(route);
      return taken !== undefined;
    },
    grant: () => taken?.grant,
  };
}

/** The device that the owner let in, and with it this one; of one that is not known, itself. */
export function familyOf(device: string, devices: Pick<DeviceRegistry, "lineage">): string {
  return devices.lineage(device).at(-1)?.id ?? device;
}

/** Whose room for handshakes a channel takes. */
export function handshakeOwner(
  announced: ChannelOpen,
  devices: Pick<DeviceRegistry, "lineage">,
): HandshakeOwner {
  if (announced.via === "offer") return { kind: "offer", key: announced.route, family: "" };
  const { device } = announced;
  return { kind: "session", key: device, family: familyOf(device, devices) };
}
