import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { RelayHarness } from "../testing/relay-harness.ts";
import { webFile } from "../web-files.ts";

const NODE = "z2gtvuomwyz6y63qyf4bjjohn3gqffufaugtir2fxicyodsypvmq";
const APP_HOST = `${NODE}.localhost`;
const web = {
  home: new Map([["index.html", webFile("index.html", Buffer.from("home"))]]),
  app: new Map(
    ["boot.html", "worker.js", "shim.js", "boot.css"].map((name) => [
      name,
      webFile(name, Buffer.from(`the ${name}`)),
    ]),
  ),
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** Everything that comes until the connection ends. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.write(text);
  await once(socket, "close");
  return String(Buffer.concat(chunks));
}

describe("an origin of an app", () => {
  let harness: RelayHarness;
  afterEach(() => harness.stop());

  function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: harness.port, path, method, agent: false };
      const request = httpRequest(
        { ...options, headers: { host: APP_HOST, ...headers } },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          resolve({
            status: response.statusCode,
            headers: response.headers,
            text: String(Buffer.concat(chunks)),
          });
        },
      );
      request.on("error", reject);
      request.end();
    });
  }
  const start = async (env: Record<string, string> = {}) => {
    harness = await RelayHarness.start(env, { web });
  };

  it.each(["/", "/deep/path?x=1", "/index.html", "/health", "/~other", "/~ora"])(
    "answers a navigation to %s with the boot page, whatever the method",
    async (path) => {
      await start();
      for (const method of ["GET", "POST", "DELETE"]) {
        const answer = await ask(path, { "sec-fetch-mode": "navigate" }, method);
        expect(answer).toMatchObject({ status: 200, text: "the boot.html" });
        expect(answer.headers["cache-control"]).toBe("no-store");
        expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
        expect(answer.headers["service-worker-allowed"]).toBeUndefined();
      }
    },
  );

  it.each(["no-cors", "cors", "same-origin"])("refuses what is for no page (%s)", async (mode) => {
    await start();
    const answer = await ask("/script.js", { "sec-fetch-mode": mode, accept: "text/html" });
    expect(answer.status).toBe(503);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.text).not.toContain("the boot.html");
  });

  it("has the browser drop the pages that it keeps, for the boot page and no other site's", async () => {
    await start();
    const asked = await ask("/~ora/clear", { "x-ora-clear": "yes" }, "POST");
    expect(asked).toMatchObject({ status: 204, headers: { "clear-site-data": '"cache"' } });
    for (const answer of [
      await ask("/~ora/clear", {}, "POST"),
      await ask("/~ora/clear", { "x-ora-clear": "yes" }),
      await ask("/~ora/clear", { "x-ora-clear": "yes", "access-control-request-method": "POST" }, "OPTIONS"),
    ]) {
      expect(answer.headers["clear-site-data"]).toBeUndefined();
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  it("goes by what a program accepts that says nothing else", async () => {
    await start();
    expect((await ask("/", { accept: "text/html,*/*" })).text).toBe("the boot.html");
    expect((await ask("/", { accept: "*/*" })).status).toBe(503);
  });

  it("gives the whole origin to the worker's script alone", async () => {
    await start();
    expect((await ask("/~ora/worker.js")).headers["service-worker-allowed"]).toBe("/");
    for (const path of ["/~ora/shim.js", "/~ora/boot", "/~ora/boot.css", "/", "/~ora/none.js"]) {
      expect((await ask(path)).headers["service-worker-allowed"]).toBeUndefined();
    }
    expect(await ask("/~ora/boot")).toMatchObject({ status: 200, text: "the boot.html" });
    expect((await ask("/~ora/none.js")).status).toBe(404);
    expect((await ask("/~ora/../x", { "sec-fetch-mode": "navigate" })).status).toBe(404);
  });

  it("is never framed, and sends no referrer", async () => {
    await start();
    const { headers } = await ask("/", { "sec-fetch-mode": "navigate" });
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["referrer-policy"]).toBe("no-referrer");
  });

  it("neither sets nor wants a cookie", async () => {
    await start();
    for (const path of ["/", "/~ora/boot", "/~ora/worker.js", "/x"]) {
      const answer = await ask(path, { cookie: "a=1", "sec-fetch-mode": "navigate" });
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(String(answer.headers.vary ?? "")).not.toMatch(/cookie/i);
    }
  });

  it("shows nothing of home, and home nothing of it", async () => {
    await start();
    expect((await ask("/index.html", { "sec-fetch-mode": "navigate" })).text).not.toContain("home");
    const home = { host: `localhost:${harness.port}` };
    expect((await ask("/", home)).text).toBe("home");
    expect((await ask("/~ora/worker.js", home)).status).toBe(404);
    expect((await ask("/~ora/boot", home)).status).toBe(404);
  });

  it.each([
    ["in capitals", APP_HOST.toUpperCase()],
    ["with a port", `${APP_HOST}:8443`],
    ["with the dot of the root", `${APP_HOST}.`],
    ["with both", `${APP_HOST}.:8443`],
  ])("is one, and never home, by its name %s", async (_, host) => {
    await start();
    for (const path of ["/", "/index.html", "http://localhost/"]) {
      expect((await ask(path, { host, "sec-fetch-mode": "navigate" })).text).toBe("the boot.html");
    }
    expect((await ask("/~ora/worker.js", { host })).status).toBe(200);
  });

  it("is told apart for each request of one connection, and what a body says is no request", async () => {
    await start();
    const smuggled = `GET /~ora/worker.js HTTP/1.1\r\nHost: ${APP_HOST}\r\n\r\n`;
    const answers = await exchange(
      harness.port,
      [
        `POST / HTTP/1.1\r\nHost: ${APP_HOST}\r\nSec-Fetch-Mode: navigate\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        `GET / HTTP/1.1\r\nHost: ${APP_HOST}\r\nSec-Fetch-Mode: navigate\r\nConnection: close\r\n\r\n`,
      ].join(""),
    );
    expect(answers.match(/the boot\.html|the worker\.js|home(?=HTTP)/g)).toEqual([
      "the boot.html",
      "home",
      "the boot.html",
    ]);
  });

  it("is told to clients, with the port that is listened on", async () => {
    await start();
    const client = await harness.socket("/ws/client", ["ora.v2"]).opened();
    expect((await client.next()).apps).toBe(`http://*.localhost:${harness.port}`);
  });

  it("is not there where apps are off", async () => {
    await start({ ORA_RELAY_APPS: "off" });
    expect((await ask("/~ora/worker.js")).status).toBe(404);
    const client = await harness.socket("/ws/client", ["ora.v2"]).opened();
    expect(await client.next()).not.toHaveProperty("apps");
  });
});
