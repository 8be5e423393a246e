/**
 * The home page at the relay's own address: where a phone pairs and keeps its list of PCs. It runs our own files and
 * nothing else, is never framed, sends no referrer, and neither sets nor reads a cookie.
 */
import { createHash } from "node:crypto";
import type { Middleware } from "koa";
import { relaySocketUrl } from "#shared/protocol/relay-url.ts";
import type { WebFolder } from "../web-files.ts";
import { sendWebFile } from "./web-file.ts";

const PAGE = "index.html";

/**
 * Serves the files of `home`, and its page at `/`. Passes on everything else. `publicUrl` is the relay's own, for
 * browsers that do not count its sockets to its origin.
 */
export function homeRoute(home: WebFolder, publicUrl: string | undefined): Middleware {
  const headers = {
    "Content-Security-Policy": homePolicy(home, publicUrl),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
  };
  return async (context, next) => {
    const name = context.path === "/" ? PAGE : context.path.slice(1);
    const file = home.get(name);
    if (file === undefined || (context.method !== "GET" && context.method !== "HEAD")) {
      await next();
      return;
    }
    context.set(headers);
    sendWebFile(context, file);
  };
}

/** The page's first script stands in it, so that nothing comes before it; the policy knows it by its hash. */
function ownScripts(home: WebFolder): string[] {
  const page = home.get(PAGE)?.identity.toString() ?? "";
  return [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  );
}

function homePolicy(home: WebFolder, publicUrl: string | undefined): string {
  const sockets = publicUrl === undefined ? "" : ` ${new URL(relaySocketUrl(publicUrl)).origin}`;
  return [
    "default-src 'none'",
    ["script-src 'self'", ...ownScripts(home)].join(" "),
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    `connect-src 'self'${sockets}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types ora-worker",
  ].join("; ");
}
