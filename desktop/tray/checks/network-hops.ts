/** The first hops of any address: its name, a TCP connection, TLS. Each has a deadline of its own, and none rejects. */
import { lookup } from "node:dns/promises";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "../../core/clock.ts";
import { codeOf, failed, HOP_TIMEOUT_MS, OK, type Outcome } from "./outcome.ts";

export function hostAndPort(url: URL): { host: string; port: number } {
  const isSecure = url.protocol === "wss:" || url.protocol === "https:";
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port !== "" ? Number(url.port) : isSecure ? 443 : 80,
  };
}

export async function resolveName(host: string, clock: Clock): Promise<Outcome> {
  try {
    await withDeadline(lookup(host), clock);
    return OK;
  } catch (error) {
    return failed(codeOf(error));
  }
}

export function reach(to: { host: string; port: number }, clock: Clock): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connectTcp(to);
    const cancel = clock.after(HOP_TIMEOUT_MS, () => finish(failed("ETIMEDOUT")));
    const finish = (outcome: Outcome) => {
      cancel();
      socket.destroy();
      resolve(outcome);
    };
    socket.once("connect", () => finish(OK));
    socket.once("error", (error) => finish(failed(codeOf(error))));
  });
}

export function reachTls({ host, port }: { host: string; port: number }, clock: Clock): Promise<Outcome> {
  return new Promise((resolve) => {
    const isAddress = /^[\d.]+$|:/.test(host);
    const socket = connectTls({ host, port, ...(!isAddress && { servername: host }) });
    const cancel = clock.after(HOP_TIMEOUT_MS, () => finish(failed("ETIMEDOUT")));
    const finish = (outcome: Outcome) => {
      cancel();
      socket.destroy();
      resolve(outcome);
    };
    socket.once("secureConnect", () => finish(OK));
    socket.once("error", (error) => finish(failed(codeOf(error))));
    socket.once("close", () => finish(failed("ECONNRESET")));
  });
}

function withDeadline<Value>(work: Promise<Value>, clock: Clock): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(HOP_TIMEOUT_MS, () =>
      reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
    );
    work.then(resolve, reject).finally(cancel);
  });
}
