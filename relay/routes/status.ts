/**
 * `GET /status`: whether all is well with this relay, in words, for people. It needs no script, asks for nothing else,
 * and tells no number and no name of anybody; its policy allows its own style and nothing more.
 */
import { createHash } from "node:crypto";
import type { Middleware } from "koa";
import { VERSION } from "#shared/protocol/version.ts";
import { appOrigins } from "../app-origins.ts";
import type { RelayConfig } from "../config.ts";
import type { RelayState } from "../relay-state.ts";
import { STATUS_LANGUAGES, STATUS_WORDS, type StatusFacts, type StatusLanguage } from "../status-words.ts";
import { servedHost } from "../v2/served-host.ts";

const STYLE = `:root{color-scheme:light dark}
body{font:1.0625rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;background:#fbfaf7;color:#1d1f23}
h1{font-size:1.5rem}p.state{font-weight:600}a{color:inherit}
@media(prefers-color-scheme:dark){body{background:#14161a;color:#e8e6e1}}`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function statusRoute(relay: RelayState, isDraining: () => boolean): Middleware {
  return (context) => {
    const language = context.acceptsLanguages(...STATUS_LANGUAGES);
    const facts = {
      ...factsOf(relay.config),
      isDraining: isDraining(),
      isCutOff: relay.elsewhere?.cluster.isConnected === false,
    };
    context.status = facts.isDraining ? 503 : 200;
    context.set({
      "Content-Security-Policy": POLICY,
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
      Vary: "Accept-Language",
    });
    context.type = "text/html; charset=utf-8";
    context.body = statusPage(facts, language === "ja" ? "ja" : "en");
  };
}

/** The page; nothing in it comes from outside. */
export function statusPage(facts: StatusFacts, language: StatusLanguage): string {
  const words = STATUS_WORDS[language];
  const sentences = [
    words.version(VERSION),
    words.tls[facts.tls],
    words.encrypted[facts.encrypted ? "on" : "off"],
    words.apps[facts.apps],
  ];
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${words.title}</title><style>${STYLE}</style></head>
<body><main>
<h1>${words.title}</h1>
<p class="state">${words[stateOf(facts)]}</p>
${sentences.map((sentence) => `<p>${sentence}</p>`).join("\n")}
<p><a href="/">${words.home}</a></p>
</main></body>
</html>
`;
}

function stateOf({ isDraining, isCutOff }: StatusFacts): "draining" | "cutOff" | "up" {
  if (isDraining) return "draining";
  return isCutOff ? "cutOff" : "up";
}

function factsOf(config: RelayConfig): Omit<StatusFacts, "isDraining" | "isCutOff"> {
  const isHttps = config.publicUrl?.startsWith("https://") === true;
  return {
    tls: config.tlsCert !== undefined ? "own" : isHttps ? "proxy" : "none",
    encrypted: servedHost(config) !== undefined,
    apps: appsOf(config),
  };
}

function appsOf(config: RelayConfig): StatusFacts["apps"] {
  const origins = appOrigins(config);
  if (origins !== undefined) return origins.template(config.port).includes("*") ? "subdomains" : "origin";
  if (config.apps === "off") return "off";
  return servedHost(config) === undefined ? "no_public_url" : "not_chosen";
}
