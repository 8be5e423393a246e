import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { checkApi } from "../../core/checks/api-check.ts";
import { systemClock } from "../../core/clock.ts";
import { httpApi, nobody, rawApi } from "../../core/testing/fake-api.ts";
import { findApis } from "./find-apis.ts";
import { COMMON_PORTS, listeningPorts, parseListeners } from "./listeners.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const LIST = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0000
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0000
   2: 0100007F:1F41 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0000
   3: 0202A8C0:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4 1 0000
`;
const LIST6 = `  sl  local_address                         remote_address                        st
   0: 00000000000000000000000001000000:1435 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000
   2: 0000000000000000FFFF00000100007F:1388 00000000000000000000000000000000:0000 0A 00000000:00000000
   3: B80D0120000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000
`;

describe("what listens on this machine", () => {
  it("is read from the kernel's list: loopback and every address, listening, IPv4 and IPv6", async () => {
    expect(parseListeners(LIST)).toEqual([8000, 22]);
    expect(parseListeners(LIST6)).toEqual([5173, 3000, 5000]);
    const read = async (path: string) => (path.endsWith("6") ? LIST6 : LIST);
    expect(await listeningPorts({ platform: "linux", read })).toEqual([22, 3000, 5000, 5173, 8000]);
  });

  it("is nothing in a list that makes no sense", () => {
    for (const text of ["", "\n\n", "0: zz:00 ", "x".repeat(100_000)])
      expect(parseListeners(text)).toEqual([]);
  });

  it("is found by trying the usual ports where there is no list", async () => {
    const tried: number[] = [];
    const probe = async (port: number) => {
      tried.push(port);
      return port === 3000;
    };
    expect(await listeningPorts({ platform: "darwin", probe })).toEqual([3000]);
    expect(tried).toEqual([...COMMON_PORTS]);
    const read = () => Promise.reject(new Error("hidden"));
    expect(await listeningPorts({ platform: "linux", read, probe })).toEqual([3000]);
  });

  it.runIf(process.platform === "linux")("holds a real server on the real list", async () => {
    const api = await httpApi((_, response) => response.end());
    cleanups.push(() => api.close());
    expect(await listeningPorts({ platform: "linux" })).toContain(api.target.port);
  });
});

describe("web apps on this machine", () => {
  it("are those that answer HTTP, with their server's name made harmless", async () => {
    const web = await httpApi((_, response) => {
      response.setHeader("server", `uvicorn ${"\u00a0x".repeat(100)}`);
      response.end();
    });
    const other = await rawApi((socket) => socket.end("220 smtp\r\n"));
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const address = silent.address();
    const silentPort = typeof address === "object" && address !== null ? address.port : 0;
    cleanups.push(
      () => web.close(),
      () => other.close(),
      () => silent.close(),
    );
    const ports = [web.target.port, other.target.port, silentPort];
    const found = await findApis(ports, new Set());
    expect(found.map(({ url }) => url)).toEqual([`http://127.0.0.1:${web.target.port}`]);
    expect(found[0]?.label?.length).toBeLessThanOrEqual(40);
    expect(await findApis(ports, new Set([web.target.port]))).toEqual([]);
  });

  it("are told by one request whether they answer, and if not why", async () => {
    const web = await httpApi((request, response) =>
      response.writeHead(request.url === "/base" ? 401 : 404).end(),
    );
    const other = await rawApi((socket) => socket.end("220 smtp\r\n"));
    cleanups.push(
      () => web.close(),
      () => other.close(),
    );
    const check = (origin: string) => checkApi(new URL(origin), systemClock);
    expect(await check(`${web.target.origin}/base`)).toMatchObject({ answered: true, status: 401 });
    expect(await check(other.target.origin)).toEqual({ answered: false, because: "not_http" });
    expect(await check((await nobody()).origin)).toEqual({ answered: false, because: "refused" });
    expect(await check(web.target.origin.replace("http", "https"))).toEqual({
      answered: false,
      because: "tls",
    });
  });
});
