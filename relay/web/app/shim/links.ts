/**
 * Links, forms and windows that lead to the app under the name that it has on its PC: a worker sees no navigation to
 * another origin, so their addresses are changed before the browser follows them. And links that name a download: a
 * browser does not ask a worker for those, so they become something that it does ask for.
 */
import { CALL } from "../calls/messages.ts";

/** In a document's own words about addresses it sends along. The second is an old name of the first. */
const SILENT_WORDS: ReadonlySet<string> = new Set(["no-referrer", "never"]);

/** A frame that has asked for a download is not needed once the answer has begun. Milliseconds. */
const FRAME_MS = 60_000;

export interface LinkOptions {
  readonly document: Document;
  readonly window: Window;
  /** The address here of one of the app on its PC. */
  readonly here: (address: string) => string | undefined;
  readonly isTunnelled: (address: string) => boolean;
  /** False where the app may open none: what would go into one goes into this. */
  readonly mayOpenWindows: boolean;
  readonly warn: (text: string) => void;
}

export function followLinksHere(options: LinkOptions): void {
  const { document, window, here, mayOpenWindows, warn } = options;
  const follow = (event: Event) => {
    for (const target of event.composedPath()) {
      if (!(target instanceof HTMLAnchorElement) && !(target instanceof HTMLAreaElement)) continue;
      lead(target, event, options);
      return;
    }
  };
  const send = ({ target, submitter }: SubmitEvent) => {
    if (target instanceof HTMLFormElement) {
      mapAction(target, "action", here);
      sayWhoAsks(target, document);
    }
    if (!mayOpenWindows && target instanceof HTMLFormElement) stayInWindow(target, document);
    if (submitter?.hasAttribute("formaction")) mapAction(submitter, "formaction", here);
  };
  const listen = () => {
    // The app's own listeners come first: they may have other plans.
    window.addEventListener("click", follow);
    window.addEventListener("auxclick", follow);
    window.addEventListener("submit", send, true);
  };
  listen();
  listenAgainAfterOpening(document, listen);
  const { click } = HTMLElement.prototype;
  HTMLElement.prototype.click = function () {
    // Nobody hears of a click on a link that is in no document.
    if (!this.isConnected && this instanceof HTMLAnchorElement) {
      this.addEventListener("click", (event) => lead(this, event, options), { once: true });
    }
    click.call(this);
  };
  const { submit } = HTMLFormElement.prototype;
  HTMLFormElement.prototype.submit = function () {
    mapAction(this, "action", here);
    sayWhoAsks(this, document);
    if (!mayOpenWindows) stayInWindow(this, document);
    submit.call(this);
  };
  const { open } = window;
  window.open = (url, ...rest) => {
    if (!mayOpenWindows) warn("This relay serves all apps in one origin: there an app opens no windows.");
    const address =
      url === undefined || url === "" ? undefined : here(new URL(String(url), document.baseURI).href);
    return open.call(window, address ?? url, ...rest);
  };
}

/** A document that is opened for writing, by `open` or by the first `write`, loses every listener. */
function listenAgainAfterOpening(document: Document, listen: () => void): void {
  for (const name of ["open", "write", "writeln"] as const) {
    const native: unknown = Reflect.get(Document.prototype, name);
    if (typeof native !== "function") continue;
    const opening = (...given: unknown[]): unknown => {
      const result: unknown = Reflect.apply(native, document, given);
      listen();
      return result;
    };
    Object.defineProperty(document, name, { configurable: true, writable: true, value: opening });
  }
}

function lead(
  link: HTMLAnchorElement | HTMLAreaElement,
  event: Event,
  { document, window, here, isTunnelled, mayOpenWindows }: LinkOptions,
): void {
  if (event.defaultPrevented) return;
  if (!mayOpenWindows) stayInWindow(link, document);
  const address = here(link.href);
  if (address !== undefined) link.href = address;
  if (!link.hasAttribute("download") || !isTunnelled(link.href)) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.src = `${window.location.origin}${CALL.download}?to=${encodeURIComponent(link.href)}&as=${encodeURIComponent(link.download)}`;
  document.documentElement.append(frame);
  setTimeout(() => frame.remove(), FRAME_MS);
}

const IN_WINDOW: ReadonlySet<string> = new Set(["", "_self", "_parent", "_top"]);

/** A link or form that leads into a window that is not there leads into this one. */
function stayInWindow(
  element: HTMLAnchorElement | HTMLAreaElement | HTMLFormElement,
  document: Document,
): void {
  const base = document.querySelector<HTMLBaseElement>("base[target]")?.target ?? "";
  const target = element.target === "" ? base : element.target;
  const isFrame = [...document.querySelectorAll("iframe")].some(({ name }) => name === target);
  if (!IN_WINDOW.has(target.toLowerCase()) && !isFrame) element.target = "_top";
}

function mapAction(element: Element, name: string, here: (address: string) => string | undefined): void {
  const written = element.getAttribute(name);
  if (written === null || !URL.canParse(written, document.baseURI)) return;
  const address = here(new URL(written, document.baseURI).href);
  if (address !== undefined) element.setAttribute(name, address);
}

/**
 * A form is known as the app's own by the origin that the browser sends with it, and a document that forbids that takes
 * it away. So the prohibition is changed into one that holds for other sites alone, as the worker does it in headers.
 */
function sayWhoAsks(form: HTMLFormElement, document: Document): void {
  form.relList.remove("noreferrer");
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=referrer i]")) {
    if (SILENT_WORDS.has(meta.content.trim().toLowerCase())) meta.content = "same-origin";
  }
}
