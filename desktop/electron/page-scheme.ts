/**
 * The scheme that the windows' pages come from. It serves the built pages by name out of one folder and nothing else, with a
 * policy that lets a page reach only itself. A page of ours at this origin is the only one whose messages count.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type * as Electron from "electron";
import { WINDOWS, type WindowName } from "../windows/contract/command-names.ts";

export const SCHEME = "ora-app";
export const ORIGIN = `${SCHEME}://windows`;

/** No `fetch`, no `connect`, no frames, no forms: a page talks through its bridge alone. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

export const PRIVILEGED: Electron.CustomScheme = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: false, corsEnabled: false },
};

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
};

/** One plain name with a known ending: no folders, no dots that climb, nothing encoded. */
const FILE = /^\/([a-z][a-z0-9-]{0,63})\.(html|js|css|svg|png)$/;

export function pageUrl(name: WindowName): string {
  return `${ORIGIN}/${name}.html`;
}

/** The window whose page this address is; undefined for every other. */
export function windowOfUrl(url: string): WindowName | undefined {
  return WINDOWS.find((name) => url === pageUrl(name));
}

/** Answers for the scheme out of `folder`. Never rejects. */
export function servePages(folder: string): (request: { url: string; method: string }) => Promise<Response> {
  return async ({ url, method }) => {
    const { host, pathname, search } = new URL(url);
    const file = FILE.exec(pathname);
    if (method !== "GET" || `${SCHEME}://${host}` !== ORIGIN || file === null || search !== "") {
      return new Response(undefined, { status: 404 });
    }
    const [, name = "", ending = ""] = file;
    try {
      const content = await readFile(join(folder, `${name}.${ending}`));
      return new Response(new Uint8Array(content), {
        headers: {
          "content-type": TYPES[ending] ?? "application/octet-stream",
          "content-security-policy": POLICY,
          "x-content-type-options": "nosniff",
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-resource-policy": "same-origin",
          "referrer-policy": "no-referrer",
          "cache-control": "no-store",
        },
      });
    } catch {
      // Not there: the same answer as for a name that could not be.
      return new Response(undefined, { status: 404 });
    }
  };
}
