/**
 * Whose request this is. The socket's address counts; the last hop of X-Forwarded-For only when the owner said that
 * a proxy writes it, because everything before that hop is whatever the client claims.
 */
import type { IncomingMessage } from "node:http";
import { isIP, type Socket } from "node:net";

/** The address of the client behind a request, IPv4 in its plain form. Empty when the socket is already gone. */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const direct = directAddress(request.socket);
  if (!trustProxy) return direct;
  const header = request.headers["x-forwarded-for"];
  const hops = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",");
  const last = plain(withoutPort((hops.at(-1) ?? "").trim()));
  return isIP(last) === 0 ? direct : last;
}

/** Who is at the other end of a connection, IPv4 in its plain form. Empty when it is already gone. */
export function directAddress(socket: Pick<Socket, "remoteAddress">): string {
  return plain(socket.remoteAddress ?? "");
}

/** Whether an address is this machine's own: its owner's programs, or a proxy that nobody said to trust. */
export function isOwnMachine(address: string): boolean {
  return address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** What attempts are counted by: an IPv4 address, or the /64 that one IPv6 customer has to himself. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const prefix = groupsOf(address)
    .slice(0, 4)
    .map((group) => group.toString(16));
  return `${prefix.join(":")}::/64`;
}

/** An IPv4 address that came over an IPv6 socket is still that IPv4 address, however it is written. */
function plain(address: string): string {
  if (isIP(address) !== 6) return address;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return isMapped ? [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".") : address;
}

/** Some proxies name the client's port too, and then put an IPv6 address in brackets. */
function withoutPort(hop: string): string {
  const parts = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop) ?? /^([\d.]+):\d{1,5}$/.exec(hop);
  return parts?.[1] ?? hop;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = "", tail = ""] = (address.split("%")[0] ?? "").split("::");
  const first = writtenGroups(head);
  const last = writtenGroups(tail);
  const left = Math.max(0, 8 - first.length - last.length);
  return [...first, ...Array.from({ length: left }, () => 0), ...last];
}

function writtenGroups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
