/** A web server with one page: the client library, bundled as for any browser. */
import { build } from "esbuild";
import { startTestApi, type TestApi } from "../support/api.ts";
import { checkout } from "../support/checkout.ts";

export async function startPageServer(): Promise<TestApi> {
  const { outputFiles } = await build({
    absWorkingDir: checkout,
    entryPoints: ["e2e/browser/page.ts"],
    write: false,
    bundle: true,
    platform: "browser",
    format: "iife",
    target: ["chrome109", "firefox115", "safari16"],
    minify: true,
    logLevel: "error",
  });
  const [script] = outputFiles;
  return startTestApi((request, response) => {
    if (request.url === "/page.js") {
      response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(script?.contents);
    } else {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end('<!doctype html><title>client</title><script src="/page.js"></script>');
    }
  });
}
