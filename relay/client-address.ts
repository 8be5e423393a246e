/**
 * Whose request this is. The socket's address counts; the last hop of X-Forwarded-For only when the owner said that
 * a proxy writes it, because everything before that hop is whatever the client claims.
 */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** The address of the client behind a request, IPv4 in its plain form. Empty when the socket is already gone. */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const direct = plain(request.socket.remoteAddress ?? "");
  if (!trustProxy) return direct;
  const header = request.headers["x-forwarded-for"];
  const hops = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",");
  const last = plain((hops.at(-1) ?? "").trim());
  return isIP(last) === 0 ? direct : last;
}

/** What attempts are counted by: an IPv4 address, or the /64 that one IPv6 customer has to himself. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? 0 : tail.split(":").length + (tail.includes(".") ? 1 : 0);
    while (groups.length + after < 8) groups.push("0");
    groups.push(...tail.split(":"));
  }
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(":")}::/64`;
}

/** An IPv4 address that came over an IPv6 socket is still that IPv4 address. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}
