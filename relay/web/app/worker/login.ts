/**
 * HTTP's own names and passwords: a browser asks its user only where the network itself wants them, not where a worker
 * passes the question on. So the worker asks with a page, and remembers the answer until the app refuses it.
 */
import type { HeaderPair } from "../rewrite/request-headers.ts";
import type { Memory } from "./remembered.ts";

export class Login {
  private readonly memory: Memory;
  private known: Promise<string | undefined> | undefined;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** The value of `Authorization`, if there is one. */
  authorization(): Promise<string | undefined> {
    this.known ??= this.memory.read().then(({ login }) => login);
    return this.known;
  }

  async remember(name: string, password: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${name}:${password}`);
    const value = `Basic ${btoa(String.fromCharCode(...bytes))}`;
    this.known = Promise.resolve(value);
    await this.memory.storeLogin(value);
  }
}

/** Whether an answer with 401 asks in the one way that a form can answer (RFC 7617). */
export function wantsLogin(headers: readonly HeaderPair[]): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === "www-authenticate" && /\bbasic\b/i.test(value),
  );
}
