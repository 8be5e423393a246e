/**
 * What the relay answers on an origin of a PC's app. Only `/~ora/` is its own there: the boot page, the worker and what
 * they need. The app itself goes through the worker, so a navigation that comes here means that there is none yet, and
 * gets the boot page whatever it asked for; anything else gets a refusal, so that no page ever takes the boot page for a
 * picture or a script. Nothing sets or reads a cookie: the app could plant one on the relay's domain.
 */
import type { Context, Middleware } from "koa";
import type { AppOrigins } from "../app-origins.ts";
import type { WebFolder } from "../web-files.ts";
import { sendWebFile } from "./web-file.ts";

/** Everything below is the relay's own. */
const RESERVED = "/~ora/";
const BOOT_PAGE = "boot.html";
/** The only script that may claim the whole origin. */
const WORKER = "worker.js";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // The icon of its tab.
  "img-src data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The worker and its helper need their own sockets and nothing else; a worker's policy is its own. */
const WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src *";

/** Where the boot page has the browser drop what it keeps of an app's pages; the header keeps other sites from asking. */
const CLEAR = "clear";
const CLEAR_HEADER = "X-Ora-Clear";

const PAGE_HEADERS = {
  "Content-Security-Policy": POLICY,
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  // Whoever opened this page has no hold on it, nor on the app that comes after it.
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** Answers everything on app origins, and passes on what is for the relay's own host. */
export function appOriginRoute(origins: AppOrigins, files: WebFolder): Middleware {
  return async (context, next) => {
    if (!origins.isAppHost(context.req.headers.host)) {
      await next();
      return;
    }
    const name = context.path.startsWith(RESERVED) ? context.path.slice(RESERVED.length) : undefined;
    const isRead = context.method === "GET" || context.method === "HEAD";
    const file = name === undefined || !isRead ? undefined : files.get(name === "boot" ? BOOT_PAGE : name);
    if (file !== undefined) {
      context.set(PAGE_HEADERS);
      if (name?.endsWith(".js")) context.set("Content-Security-Policy", WORKER_POLICY);
      if (name === WORKER) context.set("Service-Worker-Allowed", "/");
      sendWebFile(context, file);
    } else if (name === CLEAR && context.method === "POST" && context.get(CLEAR_HEADER) !== "") {
      // Pages that it keeps for going back to are among what it counts to its cache.
      context.set({ "Clear-Site-Data": '"cache"', "Cache-Control": "no-store" });
      context.status = 204;
    } else if (name !== undefined) refuse(context, 404, "There is nothing here.\n");
    else if (wantsPage(context)) sendBootPage(context, files);
    else
      refuse(
        context,
        503,
        "This reaches the PC through its page in the browser alone. Load that page again.\n",
      );
  };
}

function sendBootPage(context: Context, files: WebFolder): void {
  const page = files.get(BOOT_PAGE);
  if (page === undefined) {
    refuse(context, 503, "This relay was started without its pages.\n");
    return;
  }
  context.set(PAGE_HEADERS);
  // Whatever the method: the page has come in place of the app's.
  context.method = context.method === "HEAD" ? "HEAD" : "GET";
  sendWebFile(context, page);
  context.status = 200;
  context.body = page.identity;
  context.remove("Content-Encoding");
  context.remove("ETag");
  context.set("Cache-Control", "no-store");
}

/** Browsers say what a request is for; where one does not, it is what it accepts. */
function wantsPage(context: Context): boolean {
  const mode = context.get("Sec-Fetch-Mode");
  if (mode !== "") return mode === "navigate";
  return /\btext\/html\b/i.test(context.get("Accept"));
}

function refuse(context: Context, status: number, text: string): void {
  context.status = status;
  context.set({ "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
  context.type = "text/plain; charset=utf-8";
  context.body = text;
}
