/**
 * Which web apps run on this machine: of the ports somebody listens on, those that answer HTTP. Asked only when the
 * owner presses the button; databases, mail and remote desktops are left alone, and so is what this app itself holds.
 */
import { request } from "node:http";
import { cleanName } from "../../core/devices/device-name.ts";
import type { FoundApi } from "../../windows/contract/results.ts";
import { COMMON_PORTS } from "./listeners.ts";

const ASK_TIMEOUT_MS = 700;
const MAX_ASKED = 64;
const AT_A_TIME = 8;
const MAX_LABEL_LENGTH = 40;

/** Services that are no web apps, and that complain about being spoken to. */
const NOT_WEB = new Set([
  21, 22, 23, 25, 53, 110, 111, 123, 139, 143, 389, 445, 465, 587, 631, 636, 993, 995, 1433, 1521, 2049, 3306,
  3389, 5353, 5355, 5432, 5900, 5901, 6379, 9092, 11211, 27017,
]);

/** The likeliest first. Never rejects. */
export async function findApis(ports: readonly number[], own: ReadonlySet<number>): Promise<FoundApi[]> {
  const rank = (port: number) => {
    const at = COMMON_PORTS.indexOf(port);
    return at === -1 ? COMMON_PORTS.length : at;
  };
  const asked = ports
    .filter((port) => !NOT_WEB.has(port) && !own.has(port))
    .sort((a, b) => rank(a) - rank(b) || a - b)
    .slice(0, MAX_ASKED);
  const found = new Map<number, FoundApi>();
  const queue = [...asked];
  const worker = async () => {
    for (let port = queue.shift(); port !== undefined; port = queue.shift()) {
      const api = await ask(port);
      if (api !== undefined) found.set(port, api);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return asked.flatMap((port) => found.get(port) ?? []);
}

function ask(port: number): Promise<FoundApi | undefined> {
  return new Promise((resolve) => {
    const asking = request({
      host: "127.0.0.1",
      port,
      path: "/",
      method: "HEAD",
      agent: false,
      timeout: ASK_TIMEOUT_MS,
    });
    const finish = (found: FoundApi | undefined) => {
      clearTimeout(deadline);
      asking.destroy();
      resolve(found);
    };
    const deadline = setTimeout(() => finish(undefined), ASK_TIMEOUT_MS);
    asking.once("response", (response) => {
      const { server } = response.headers;
      const label = typeof server === "string" ? cleanName(server).slice(0, MAX_LABEL_LENGTH) : undefined;
      finish({ url: `http://127.0.0.1:${port}`, ...(label !== undefined && { label }) });
    });
    asking.on("error", () => finish(undefined));
    asking.end();
  });
}
