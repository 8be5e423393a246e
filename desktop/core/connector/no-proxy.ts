/**
 * The rules of NO_PROXY, as curl and most others read them; pure. A list of host names (which also mean the names
 * below them), IP addresses, networks like 10.0.0.0/8, each perhaps with a port, or `*` for everything.
 */
import { BlockList, isIP } from "node:net";

/** Whether `host` (no brackets) at `port` is to be reached directly. */
export function isExempt(host: string, port: number, list: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((rule) => rule !== "" && matches(name, port, rule));
}

function matches(name: string, port: number, rule: string): boolean {
  if (rule === "*") return true;
  const { host, port: rulePort } = splitPort(rule);
  if (rulePort !== undefined && rulePort !== port) return false;
  if (host.includes("/")) return isInNetwork(name, host);
  const suffix = host.replace(/^\*?\./, "").replace(/\.$/, "");
  return suffix !== "" && (name === suffix || (isIP(name) === 0 && name.endsWith(`.${suffix}`)));
}

function splitPort(rule: string): { host: string; port?: number } {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(rule);
  const named = bracketed ?? /^([^:]+):(\d+)$/.exec(rule);
  const [, host = rule, port] = named ?? [];
  return port === undefined ? { host } : { host, port: Number(port) };
}

function isInNetwork(address: string, network: string): boolean {
  const [base = "", length = ""] = network.split("/");
  const family = isIP(base);
  const bits = Number(length);
  if (family === 0 || isIP(address) !== family || !/^\d{1,3}$/.test(length)) return false;
  if (bits > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, bits, type);
  return list.check(address, type);
}
