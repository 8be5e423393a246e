/** `GET /`: the page for people. It may run its own script and nothing else, is never framed and sends no referrer. */
import { createHash } from "node:crypto";
import type { Middleware } from "koa";
import { LANDING_PAGE, LANDING_SCRIPT, LANDING_STYLE } from "./landing-page.ts";

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

export function landingRoute(): Middleware {
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(LANDING_SCRIPT)}`,
    `style-src ${hashSource(LANDING_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return (context) => {
    context.set({
      "Content-Security-Policy": policy,
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cache-Control": "no-store",
    });
    context.type = "html";
    context.body = LANDING_PAGE;
  };
}
