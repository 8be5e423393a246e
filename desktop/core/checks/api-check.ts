/** The test of the local API: one GET of its base path, without redirects, body unread. Never rejects. */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Clock } from "../clock.ts";

const API_CHECK_TIMEOUT_MS = 5_000;

export type ApiAnswer =
  | { readonly answered: true; readonly status: number; readonly ms: number }
  | { readonly answered: false; readonly because: "refused" | "timeout" | "tls" | "not_http" };

export function checkApi(url: URL, clock: Clock): Promise<ApiAnswer> {
  const began = clock.now();
  const isSecure = url.protocol === "https:";
  return new Promise((resolve) => {
    const request = (isSecure ? requestHttps : requestHttp)({
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
      path: url.pathname,
      method: "GET",
      headers: { accept: "*/*" },
      agent: false,
      maxHeaderSize: 64 * 1024,
    });
    const cancel = clock.after(API_CHECK_TIMEOUT_MS, () => finish({ answered: false, because: "timeout" }));
    const finish = (result: ApiAnswer) => {
      cancel();
      request.destroy();
      resolve(result);
    };
    request.once("response", (response) => {
      response.on("error", () => undefined);
      finish({ answered: true, status: response.statusCode ?? 0, ms: clock.now() - began });
    });
    // Node's client follows no upgrade it did not ask for.
    request.once("upgrade", () => finish({ answered: false, because: "not_http" }));
    request.on("error", (error) => finish({ answered: false, because: reason(error) }));
    request.end();
  });
}

function reason(error: Error): "refused" | "timeout" | "tls" | "not_http" {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "ETIMEDOUT") return "timeout";
  if (/^(ECONNREFUSED|EHOST|ENET|ENOTFOUND|EAI_|EADDRNOTAVAIL|EACCES)/.test(code)) return "refused";
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|EPROTO/.test(code) ? "tls" : "not_http";
}
