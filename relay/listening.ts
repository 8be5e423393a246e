/** Beginning to listen, and what to say when that cannot be. */
import type { Server } from "node:net";

export type ListenVariable = "ORA_RELAY_PORT" | "ORA_RELAY_ADMIN_PORT";

/** An address cannot be had. The message says which, why, and what to set. */
export class ListenError extends Error {
  readonly code = "cannot_listen";

  constructor(place: ListenPlace, cause: unknown) {
    const system = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    const reason = REASONS[system]?.(place.variable) ?? system;
    super(`cannot listen on ${hostInUrl(place.host)}:${place.port}: ${reason}`, { cause });
    this.name = "ListenError";
  }
}

export interface ListenPlace {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly variable: ListenVariable;
}

const REASONS: Readonly<Record<string, (variable: ListenVariable) => string>> = {
  EADDRINUSE: (variable) => `the port is in use (is another relay running?); choose one with ${variable}`,
  EACCES: (variable) => `not permitted; choose a port above 1023 with ${variable}`,
  EADDRNOTAVAIL: (variable) => `this machine does not have that address; see ${hostVariable(variable)}`,
  ENOTFOUND: (variable) => `no such host name; see ${hostVariable(variable)}`,
};

function hostVariable(variable: ListenVariable): string {
  return variable.replace("_PORT", "_HOST");
}

/** The port it listens on. @throws {ListenError} */
export async function listenOn(server: Server, place: ListenPlace): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: unknown) => reject(new ListenError(place, error));
    server.once("error", failed);
    server.listen({ host: place.host, port: place.port }, () => {
      server.off("error", failed);
      resolve();
    });
  });
  return portOf(server);
}

/** Of a server that listens on TCP. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new TypeError("this server does not listen on TCP");
  return address.port;
}

export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
