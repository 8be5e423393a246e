/**
 * Which ports of this machine somebody listens on: from the kernel's list on Linux, else by trying the ports that
 * web apps usually have. Only loopback is looked at, and nothing is sent.
 */
import { readFile } from "node:fs/promises";
import { connect } from "node:net";

/** Where web apps usually are, the likeliest first. */
export const COMMON_PORTS: readonly number[] = [
  8000, 3000, 8080, 5173, 5000, 4200, 8888, 3001, 8081, 8001, 4000, 9000, 7860, 11434, 1234, 8501, 8443, 5001,
  4173, 4321, 6006, 80, 443,
];
const PROBE_TIMEOUT_MS = 500;
/** Far above what a kernel lists on a desktop. Bytes. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;
const LISTEN = "0A";

export interface ListenersOptions {
  readonly platform: NodeJS.Platform;
  /** Reads one of the kernel's lists; another one in tests. */
  readonly read?: (path: string) => Promise<string>;
  /** Whether somebody listens on this port; another one in tests. */
  readonly probe?: (port: number) => Promise<boolean>;
}

/** Ports in rising order. Never rejects. */
export async function listeningPorts(options: ListenersOptions): Promise<number[]> {
  const { platform, read = (path) => readFile(path, "utf8"), probe = isOpen } = options;
  if (platform === "linux") {
    const lists = await Promise.all(
      ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => read(path).catch(() => undefined)),
    );
    const known = lists.filter((text) => text !== undefined);
    if (known.length > 0) return [...new Set(known.flatMap(parseListeners))].sort((a, b) => a - b);
  }
  const open = await Promise.all(COMMON_PORTS.map(async (port) => ((await probe(port)) ? [port] : [])));
  return open.flat().sort((a, b) => a - b);
}

/** The listening ports in a list like `/proc/net/tcp` that can be reached on loopback. */
export function parseListeners(text: string): number[] {
  const ports: number[] = [];
  for (const line of text.slice(0, MAX_LIST_BYTES).split("\n")) {
    const match = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /i.exec(line);
    if (match === null || match[3]?.toUpperCase() !== LISTEN) continue;
    const [, address = "", port = ""] = match;
    if (isLocal(address.toUpperCase())) ports.push(Number.parseInt(port, 16));
  }
  return ports;
}

/** Every address, or loopback: 127.*, ::1, or an IPv4 loopback inside IPv6. Words are in the byte order of the machine. */
function isLocal(address: string): boolean {
  if (/^0+$/.test(address)) return true;
  if (address.length === 8) return address.endsWith("7F") || address.startsWith("7F");
  if (/^0{24}(01000000|00000001)$/.test(address)) return true;
  return /^0{16}(FFFF0000|0000FFFF)/.test(address) && isLocal(address.slice(24));
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: PROBE_TIMEOUT_MS });
    const finish = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => finish(true));
    socket.once("timeout", () => finish(false));
    socket.once("error", () => finish(false));
  });
}
