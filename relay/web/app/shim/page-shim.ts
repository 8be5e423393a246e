/**
 * The script that stands before all others in a document of the app. It changes what would not pass the worker, and
 * takes its own tag out of the document, so that the app finds what it wrote. The app can undo all of it; then its
 * requests fail, and nobody else is hurt.
 */
import { MARK, type PageFacts } from "../calls/messages.ts";
import { pcOfOrigin } from "../rewrite/pc-of-origin.ts";
import { type AppPlace, addressHere, RESERVED_PREFIX, tunnelPath } from "../rewrite/url-map.ts";
import { warn } from "./app-console.ts";
import { installCookies } from "./cookies.ts";
import { eventSourceClass } from "./event-source.ts";
import { followLinksHere } from "./links.ts";
import { frameObjects } from "./objects.ts";
import { portWay } from "./port-way.ts";
import { onlyThroughWorker, wrapBeacon, wrapFetch, wrapRequestObjects } from "./requests.ts";
import { tunnelledSocketClass } from "./tunnelled-socket.ts";
import { linkToWorker } from "./worker-link.ts";
import { refuseServiceWorkers, wrapWorkers } from "./workers.ts";

const { currentScript } = document;
const written = currentScript instanceof HTMLScriptElement ? currentScript.dataset.ora : undefined;
currentScript?.remove();

function install(facts: PageFacts): void {
  const { origin } = location;
  const place: AppPlace = { origin, aliases: facts.aliases, basePath: facts.basePath };
  const container = navigator.serviceWorker;
  const link = linkToWorker(container, document);
  const isTunnelled = (address: string) => tunnelPath(address, place) !== undefined;
  const base = () => document.baseURI;
  const throughWorker = onlyThroughWorker({
    fetch: fetch.bind(window),
    isTunnelled,
    isThere: link.isThere,
    base,
  });
  // Our own addresses are the origin's, whatever the document says about its base.
  const absolute: typeof fetch = (input, init) =>
    throughWorker(
      typeof input === "string" && input.startsWith(RESERVED_PREFIX) ? origin + input : input,
      init,
    );
  const native = {
    fetch: absolute,
    sendBeacon: navigator.sendBeacon?.bind(navigator),
  };

  const cookies = installCookies({ facts, link, document, location, fetch: native.fetch });
  const tools = {
    fetch: native.fetch,
    isTunnelled,
    isThere: link.isThere,
    base,
    cookiesWritten: () => cookies.settled(),
    warn,
  };
  window.fetch = wrapFetch(tools);
  wrapRequestObjects(XMLHttpRequest, tools);
  if (native.sendBeacon !== undefined) navigator.sendBeacon = wrapBeacon(tools, native.sendBeacon);
  window.EventSource = eventSourceClass({ fetch: native.fetch, base });
  window.WebSocket = tunnelledSocketClass({
    Native: WebSocket,
    open: portWay(link),
    pathOf: (url) => tunnelPath(url.href.replace(/^ws/, "http"), place),
    base,
  });
  link.onGone(wrapWorkers(window, { scriptUrl: `${origin}${RESERVED_PREFIX}worker-shim.js`, warn }));
  frameObjects({ document, isTunnelled });
  followLinksHere({
    document,
    window,
    here: (address) => addressHere(address, place),
    isTunnelled,
    mayOpenWindows: pcOfOrigin(location.host) !== undefined,
    warn,
  });
  link.on("revoked", () => {
    window.stop();
    if (window.top === window) location.replace(`${origin}${RESERVED_PREFIX}boot`);
  });
  window.addEventListener("online", () => link.send({ [MARK]: "wake" }));
  refuseServiceWorkers(container, warn);
}

if (written !== undefined) install(JSON.parse(written));
