/** The script that goes before a worker's own: the same changes as in pages, as far as workers have these things. */
import { warn } from "./app-console.ts";
import { eventSourceClass } from "./event-source.ts";
import { wrapFetch, wrapRequestObjects } from "./requests.ts";
import { streamWay } from "./stream-way.ts";
import { tunnelledSocketClass } from "./tunnelled-socket.ts";
import { wrapWorkers } from "./workers.ts";

const INSTALLED = Symbol.for("ora-shim");

function install(): void {
  // A worker from a blob has no address of its own; its origin is the page's.
  const { origin } = self;
  const native = { fetch: fetch.bind(self) };
  const isOwn = (address: string) => URL.canParse(address) && new URL(address).origin === origin;
  const isLoopback = (address: string) =>
    /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(?=[:/]|$)/.test(address);
  const isTunnelled = (address: string) => isOwn(address) || isLoopback(address);
  const base = () => (location.protocol === "blob:" ? origin : location.href);
  const absolute: typeof fetch = (input, init) =>
    native.fetch(typeof input === "string" && input.startsWith("/~ora/") ? origin + input : input, init);
  // Whether the service worker is still there, a worker is not told: its page ends it (see `wrapWorkers`).
  const isThere = () => true;
  const tools = { fetch: native.fetch, isTunnelled, isThere, base, cookiesWritten: () => undefined, warn };
  self.fetch = wrapFetch(tools);
  if ("XMLHttpRequest" in self) wrapRequestObjects(XMLHttpRequest, tools);
  if ("EventSource" in self) self.EventSource = eventSourceClass({ fetch: native.fetch, base });
  self.WebSocket = tunnelledSocketClass({
    Native: WebSocket,
    open: streamWay({ fetch: absolute, random: () => `${Math.random()}${Math.random()}` }),
    pathOf: (url) => {
      const address = url.href.replace(/^ws/, "http");
      return isTunnelled(address) ? url.pathname + url.search : undefined;
    },
    base,
  });
  wrapWorkers(self as unknown as Parameters<typeof wrapWorkers>[0], {
    scriptUrl: `${origin}/~ora/worker-shim.js`,
    warn,
  });
}

if (!(INSTALLED in self)) {
  Object.defineProperty(self, INSTALLED, { value: true });
  install();
}
