/**
 * The pages that this worker serves. They hold copies of the cookies that scripts may read; a page has to have the new
 * ones before it gets the answer that set them, or its script would look too early.
 */
import type { ReadableCookie } from "#shared/protocol/v2/app-messages.ts";
import { MARK, type ToPage } from "../calls/messages.ts";

/** A page that does not answer is busy, frozen or gone; it gets its answer all the same. Milliseconds. */
const SEEN_WAIT_MS = 1_000;

/** What is needed of the browser's own list. */
export interface PageList {
  get(id: string): Promise<{ readonly type: string; postMessage(message: ToPage): void } | undefined>;
  matchAll(kind: { readonly type: "window" }): Promise<readonly { postMessage(message: ToPage): void }[]>;
}

export class Pages {
  private readonly clients: PageList;
  private list: readonly ReadableCookie[] = [];
  private current = 0;
  private readonly seen = new Map<string, number>();
  private waiting: { readonly client: string; readonly tell: () => void }[] = [];

  constructor(clients: PageList) {
    this.clients = clients;
  }

  get cookies(): readonly ReadableCookie[] {
    return this.list;
  }

  /** Rises with every change. A page that was made with this version knows the list. */
  get version(): number {
    return this.current;
  }

  cookiesChanged(cookies: readonly ReadableCookie[]): void {
    if (JSON.stringify(cookies) === JSON.stringify(this.list)) return;
    this.list = cookies;
    this.current += 1;
    void this.tellAll({ [MARK]: "cookies", version: this.current, cookies });
  }

  /** A page says which version it has. */
  cookiesSeen(client: string, version: number): void {
    this.seen.set(client, version);
    this.waiting = this.waiting.filter((each) => {
      if (each.client !== client) return true;
      each.tell();
      return false;
    });
  }

  /** Resolves once the page has the cookies of this moment. */
  async informed(id: string): Promise<void> {
    if (this.current === 0 || id === "" || this.seen.get(id) === this.current) return;
    const client = await this.clients.get(id);
    if (client === undefined || client.type !== "window") return;
    const isSeen = new Promise<void>((resolve) => {
      this.waiting.push({ client: id, tell: resolve });
      setTimeout(resolve, SEEN_WAIT_MS);
    });
    client.postMessage(this.cookieMessage());
    await isSeen;
  }

  /** The list was another PC's. */
  forget(): void {
    this.cookiesChanged([]);
  }

  async tellAll(message: ToPage): Promise<void> {
    for (const client of await this.clients.matchAll({ type: "window" })) client.postMessage(message);
  }

  private cookieMessage(): ToPage {
    return { [MARK]: "cookies", version: this.current, cookies: this.list };
  }
}
