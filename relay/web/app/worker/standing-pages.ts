/**
 * Pages that stand where the app's would: why it cannot be had, its question for a password, and what was refused. They
 * run no script, load nothing, and come back by themselves where that makes sense.
 */
import { hopOf, type Problem, type ProblemCode } from "#shared/client/problem.ts";
import { ringIcon } from "#shared/looks/ring-icon.ts";
import { RING_OUTLINES } from "#shared/looks/ring-outlines.ts";
import type { RingState } from "#shared/looks/ring-state.ts";
import { CALL } from "../calls/messages.ts";
import { type AppTexts, textsFor } from "../texts/texts.ts";

export interface PageWords {
  /** What the PC calls itself. */
  readonly name: string;
  readonly languages: readonly string[];
}

/** A page that comes back by itself does so this often. Seconds. */
const RETRY_SEC = 5;

const STYLE = `:root{color-scheme:light dark;--paper:#fbfaf7;--panel:#fff;--ink:#1b1d22;--muted:#5c606b;--line:#dedcd5;--edge:#86888c;--ring:#0b6e5f;--on:#fff;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#14161a;--panel:#1d2026;--ink:#edebe6;--muted:#a3a7b3;--line:#333842;--edge:#737986;--ring:#5fd3bc;--on:#06251f;--bad:#ff8a80}}
*{margin:0;box-sizing:border-box}body{background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;padding:24px 16px}
main{max-width:480px;margin:12vh auto 0;background:var(--panel);border:1px solid var(--line);border-radius:14px;padding:24px}
svg{width:36px;height:36px;fill:var(--ink);display:block;margin-bottom:16px}.attention{fill:var(--bad)}h1{font-size:20px;font-weight:600;margin-bottom:8px;overflow-wrap:anywhere}
p{color:var(--muted);margin-bottom:16px}p.bad{color:var(--bad)}label{display:block;margin-bottom:12px}
input{display:block;width:100%;min-height:44px;font:inherit;color:inherit;background:none;border:1px solid var(--edge);border-radius:10px;padding:8px 12px;margin-top:4px}
a,button{display:inline-flex;align-items:center;min-height:44px;padding:0 20px;font:inherit;font-weight:600;color:var(--on);background:var(--ring);border:0;border-radius:10px;text-decoration:none}`;

/** What is no fault, or passes by itself and soon, does not look like one. */
const RINGS: Readonly<Partial<Record<ProblemCode, RingState>>> = {
  node_sleeping: "paused",
  node_stopped: "paused",
  connection_lost: "connecting",
  relay_restarting: "connecting",
};

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

export function problemPage(problem: Problem, words: PageWords): Response {
  const texts = textsFor(words.languages);
  const kind = problem.code === "node_sleeping" ? "asleep" : hopOf(problem.code);
  const { title, advice } = texts.problem[kind](words.name);
  const body = `<p>${escaped(advice)}</p><a href="">${escaped(texts.tryAgain)}</a>`;
  return page(texts, { status: 503, title, body, refresh: true, ring: RINGS[problem.code] ?? "attention" });
}

/** `path` is where the user wanted to go. */
export function loginPage(
  words: PageWords,
  { path, wasWrong }: { path: string; wasWrong: boolean },
): Response {
  const texts = textsFor(words.languages);
  const wrong = wasWrong ? `<p class="bad" role="alert">${escaped(texts.loginWrong)}</p>` : "";
  const body = `${wrong}<form method="post" action="${CALL.login}">
<input type="hidden" name="path" value="${escaped(path)}">
<label>${escaped(texts.userName)}<input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus></label>
<label>${escaped(texts.password)}<input name="password" type="password" autocomplete="current-password"></label>
<button>${escaped(texts.send)}</button></form>`;
  return page(texts, { status: 401, title: texts.login(words.name), body, refresh: false });
}

export function crossSitePage(words: PageWords): Response {
  const texts = textsFor(words.languages);
  const body = `<p>${escaped(texts.crossSiteAdvice)}</p>`;
  return page(texts, { status: 403, title: texts.crossSite, body, refresh: false });
}

interface StandingPage {
  readonly status: number;
  readonly title: string;
  readonly body: string;
  readonly refresh: boolean;
  readonly ring?: RingState;
}

function page(
  { language }: AppTexts,
  { status, title, body, refresh, ring = "attention" }: StandingPage,
): Response {
  const again = refresh ? `<meta http-equiv="refresh" content="${RETRY_SEC}">` : "";
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${again}<title>${escaped(title)}</title><link rel="icon" href="${escaped(ringIcon(ring))}"><style>${STYLE}</style></head><body><main><svg class="${ring}" viewBox="0 0 32 32" aria-hidden="true"><path d="${RING_OUTLINES[ring]}"/></svg><h1>${escaped(title)}</h1>${body}</main></body></html>`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
    },
  });
}

function escaped(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
