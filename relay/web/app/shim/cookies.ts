/**
 * `document.cookie`, whose truth is on the PC. It answers at once from a copy; what is written shows at once, and goes
 * to the worker as a request, because requests keep their order: a fetch that follows a write is carried out after it.
 */
import { ScriptCookies } from "#shared/cookies/script-cookies.ts";
import type { ReadableCookie } from "#shared/protocol/v2/app-messages.ts";
import { CALL, MARK, type PageFacts } from "../calls/messages.ts";
import type { WorkerLink } from "./worker-link.ts";

interface Write {
  readonly text: string;
  readonly path: string;
}

export interface PageCookies {
  /** Settles when the worker has every write so far. */
  settled(): Promise<unknown> | undefined;
}

export function installCookies(options: {
  readonly facts: PageFacts;
  readonly link: WorkerLink;
  readonly document: Document;
  readonly location: Location;
  readonly fetch: typeof fetch;
}): PageCookies {
  const { facts, link, document, location, fetch } = options;
  const copy = new ScriptCookies(() => Date.now());
  const pending = new Set<Write>();
  let sending: Promise<unknown> | undefined;
  let version = facts.version;
  const show = (cookies: readonly ReadableCookie[]) => {
    copy.replace(cookies);
    for (const { text, path } of pending) copy.write(text, path);
  };
  show(facts.cookies);
  link.on("cookies", (message) => {
    if (!("cookies" in message)) return;
    // A page that came back from the browser's memory may know more than the worker that has just started.
    version = message.version;
    show(message.cookies);
    link.send({ [MARK]: "cookies-seen", version });
  });
  link.send({ [MARK]: "cookies-seen", version });
  const write = (text: string) => {
    const { pathname: path } = location;
    if (!copy.write(text, path)) return;
    const asked = { text, path };
    pending.add(asked);
    const body = JSON.stringify(asked);
    const sent = fetch(CALL.cookie, { method: "POST", body })
      .catch(() => undefined)
      .then(() => {
        pending.delete(asked);
        if (sending === sent) sending = undefined;
      });
    sending = sent;
  };
  Object.defineProperty(document, "cookie", {
    configurable: true,
    enumerable: true,
    get: () => copy.text(location.pathname),
    set: (value: unknown) => write(String(value)),
  });
  return { settled: () => sending };
}
