/**
 * Under which address a phone in the same network finds this PC (`npm start -- --lan`). The interface that leads out of
 * here is the right one nearly always; those of virtual machines, containers and VPNs nearly never are.
 */
import { createSocket } from "node:dgram";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

export interface LanAddress {
  /** Without brackets or a zone. */
  readonly address: string;
  readonly family: "IPv4" | "IPv6";
  /** The interface's name. */
  readonly name: string;
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

const VIRTUAL =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|utun|tun|tap|wg|zt|tailscale|ppp|awdl|llw|bridge)/i;

/**
 * Every address that a phone could use, the likeliest first: the one that `outward` names, then IPv4 before IPv6, real
 * interfaces before virtual ones. Loopback and link-local addresses are none, because links cannot hold a zone.
 */
export function lanAddresses(interfaces: Interfaces, outward: readonly string[]): LanAddress[] {
  const found = Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos
      .filter(({ internal, address }) => !internal && !/^(fe[89ab]|169\.254\.)/i.test(address))
      .map(({ address, family }): LanAddress => ({ address, family, name })),
  );
  const rank = ({ address, family, name }: LanAddress) =>
    (outward.includes(address) ? 0 : 4) + (VIRTUAL.test(name) ? 2 : 0) + (family === "IPv4" ? 0 : 1);
  return found
    .map((address, index) => ({ address, index }))
    .sort((a, b) => rank(a.address) - rank(b.address) || a.index - b.index)
    .map(({ address }) => address);
}

/** This machine's, as it is connected now. */
export async function findLanAddresses(): Promise<LanAddress[]> {
  // Nobody has these addresses (RFC 5737, RFC 3849), and connecting a UDP socket sends nothing: it only chooses a route.
  const outward = await Promise.all([
    outwardAddress("udp4", "192.0.2.1"),
    outwardAddress("udp6", "2001:db8::1"),
  ]);
  return lanAddresses(
    networkInterfaces(),
    outward.filter((address) => address !== undefined),
  );
}

const ANY_PORT = 9;

function outwardAddress(type: "udp4" | "udp6", towards: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(type);
    const settle = (address: string | undefined) => {
      socket.close();
      resolve(address);
    };
    socket.once("error", () => settle(undefined));
    socket.connect(ANY_PORT, towards, () => settle(socket.address().address));
  });
}
