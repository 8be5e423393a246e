/** An app of many parts, as bundlers make them: a page whose scripts, styles and pictures each come in a file. */
import type { ServerResponse } from "node:http";

/** Besides the page itself. */
export const PARTS = 40;

const SCRIPT_BYTES = 12_000;

/** Half of them may be kept for ever, the others are to be asked about, as with a bundler's files and a server's own. */
function cachingOf(index: number): Record<string, string> {
  if (index % 2 === 0) return { "cache-control": "public, max-age=31536000, immutable" };
  return { "cache-control": "no-cache", etag: `"part-${index}"` };
}

/** Every part marks its element, so that the page can be asked whether all came. */
function element(index: number, build: string): string {
  const address = `/part/${index}?${build}`;
  const marks = `data-part onload="this.dataset.loaded=''"`;
  if (index % 4 === 0) return `<link rel="stylesheet" href="${address}" ${marks}>`;
  if (index % 4 === 1) return `<img alt="" src="${address}" ${marks}>`;
  return `<script src="${address}" ${marks}></script>`;
}

/** Answers `/parts?BUILD[&again]` and `/part/N?BUILD`; false when the path is another. */
export function answerParts(url: string, known: string | undefined, response: ServerResponse): boolean {
  const page = /^\/parts\?(\w+)/.exec(url);
  if (page !== null) {
    const parts = Array.from({ length: PARTS }, (_, index) => element(index, page[1] ?? ""));
    response.writeHead(200, { "content-type": "text/html", "cache-control": "no-cache" });
    response.end(`<!doctype html><title>ready</title><body>${parts.join("\n")}`);
    return true;
  }
  const part = /^\/part\/(\d{1,2})\?/.exec(url);
  if (part === null) return false;
  const index = Number(part[1]);
  const headers = cachingOf(index);
  if (headers.etag !== undefined && headers.etag === known) {
    response.writeHead(304, headers).end();
  } else if (index % 4 === 0) {
    response.writeHead(200, { ...headers, "content-type": "text/css" }).end(filled("p{color:red}"));
  } else if (index % 4 === 1) {
    const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>';
    response.writeHead(200, { ...headers, "content-type": "image/svg+xml" }).end(filled(picture));
  } else {
    response.writeHead(200, { ...headers, "content-type": "text/javascript" }).end(filled("void 0;"));
  }
  return true;
}

function filled(text: string): string {
  return text.padEnd(SCRIPT_BYTES);
}
