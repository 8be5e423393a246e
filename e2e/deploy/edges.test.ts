/**
 * The relay behind nginx and Caddy with the files that we ship, by its public name and with certificates of a private
 * authority: everything that passes inside of sockets, sub-domains for apps, addresses of clients, and what is refused.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type RawData, WebSocket } from "ws";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import { HEARTBEAT_INTERVAL_MS, HEARTBEAT_MISSES } from "../../relay/limits.ts";
import { ask, textOf } from "../support/ask.ts";
import { bulkChunks, MIB } from "../support/bulk.ts";
import { checkout } from "../support/checkout.ts";
import { startConnectProxy } from "../support/connect-proxy.ts";
import { type Edge, startCaddy, startNginx } from "../support/edges.ts";
import { type AtTheEnd, endingsOfAllTests } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { makePrivateCa, type PrivateCa } from "../support/private-ca.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { startConnectProgram, startNodeProgram, startRelayProgram } from "../support/stage.ts";
import { serveWebSockets } from "../support/web-sockets.ts";

const NAME = "relay.example";

interface Ports {
  readonly relayPort: number;
  readonly adminPort: number;
}

const EDGES: Record<string, (atTheEnd: AtTheEnd, ca: PrivateCa, ports: Ports) => Promise<Edge>> = {
  nginx: (atTheEnd, ca, { relayPort }) =>
    startNginx(atTheEnd, { relayPort, certificate: ca.issue("relay", [NAME, `*.${NAME}`]) }),
  caddy: (atTheEnd, ca, ports) => startCaddy(atTheEnd, { ...ports, ca }),
};

const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

for (const [name, startEdge] of Object.entries(EDGES)) {
  const needed = { [name]: name === "nginx" ? "nginx-light" : name, openssl: "openssl" };
  describeWith(needed, `the relay behind ${name}`, () => {
    const atTheEnd = endingsOfAllTests();
    let api: Routes;
    let edge: Edge;
    let ca: string;
    let nodeId: string;
    let origin: string;

    beforeAll(async () => {
      const folder = await mkdtemp(join(tmpdir(), "ora-ca-"));
      atTheEnd(() => rm(folder, { recursive: true, force: true }));
      const authority = makePrivateCa(folder);
      ca = await readFile(authority.cert, "utf8");
      const adminPort = await freePort();
      const relay = await startRelayProgram(atTheEnd, {
        ORA_RELAY_PUBLIC_URL: `https://${NAME}`,
        ORA_RELAY_APPS: "subdomain",
        ORA_RELAY_TRUST_PROXY: "1",
        ORA_RELAY_ADMIN_PORT: String(adminPort),
        ORA_RELAY_PAIR_RATE_LIMIT_PER_MIN: "2",
      });
      edge = await startEdge(atTheEnd, authority, { relayPort: relay.port, adminPort });
      const proxy = await startConnectProxy(edge.port);
      atTheEnd(() => proxy.close());
      api = await startRoutes(atTheEnd);
      const env = { HTTPS_PROXY: proxy.origin, NODE_EXTRA_CA_CERTS: authority.cert };
      const node = await startNodeProgram(atTheEnd, { relay: `wss://${NAME}`, api: api.origin, env });
      const link = await node.link();
      nodeId = (link.split(".").at(-2) ?? "").toLowerCase();
      const connect = await startConnectProgram(atTheEnd, [link], env);
      origin = connect.origin;
      expect(new Set(proxy.asked)).toEqual(new Set([`${NAME}:443`]));
    }, 90_000);

    /** Straight to the edge, under a name of its own choosing. */
    function visit(
      host: string,
      path: string,
      options: { method?: string; headers?: Record<string, string>; body?: string; from?: string } = {},
    ): Promise<{ status: number; text: string }> {
      const { method = "GET", headers = {}, body, from } = options;
      return new Promise((resolve, reject) => {
        const request = httpsRequest({
          host: "127.0.0.1",
          port: edge.port,
          servername: host,
          path,
          method,
          headers: { host, ...headers },
          ca,
          agent: false,
          ...(from !== undefined && { localAddress: from }),
        });
        request.on("response", (response) => {
          textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
        });
        request.on("error", reject);
        request.end(body);
      });
    }

    it("carries large bodies both ways, unchanged", async () => {
      const big = Buffer.concat([...bulkChunks(8 * MIB)]);
      api.on("/echo", (request, response) => request.pipe(response));
      const response = await ask(origin, "/echo", { method: "POST", body: big });
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      expect(sha256(Buffer.concat(chunks))).toBe(sha256(big));
    });

    it("carries events as they come, and not when the stream ends", async () => {
      let events: ServerResponse | undefined;
      api.on("/events", (_, response) => {
        events = response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("data: 1\n\n");
      });
      const response = await ask(origin, "/events");
      const first = await next(response);
      events?.write("data: 2\n\n");
      const second = await next(response);
      events?.end();
      expect([first, second, await textOf(response)]).toEqual(["data: 1\n\n", "data: 2\n\n", ""]);
    });

    it("carries WebSockets", async () => {
      const stop = serveWebSockets(api, (socket) => {
        socket.on("message", (data: RawData, binary) => socket.send(data as Buffer, { binary }));
      });
      atTheEnd(stop);
      const socket = new WebSocket(`${origin.replace("http", "ws")}/socket`);
      await once(socket, "open");
      const message = Buffer.alloc(2 * MIB, "m");
      socket.send(message);
      const [echoed]: Buffer[] = await once(socket, "message");
      expect(echoed?.equals(message)).toBe(true);
      socket.close();
      await once(socket, "close");
    });

    it("serves the home page at its name, and an app's first page below it", async () => {
      const headers = { accept: "text/html" };
      const home = await visit(NAME, "/", { headers });
      const app = await visit(`${nodeId}.${NAME}`, "/", { headers });
      expect([home.status, app.status]).toEqual([200, 200]);
      expect(app.text).not.toBe(home.text);
      expect((await visit(NAME, "/metrics")).status).toBe(404);
      expect((await visit(NAME, "/tls-ask?domain=x")).status).toBe(404);
    });

    it("counts attempts by the client's own address, whatever the client says it is", async () => {
      const attempt = async (from: string, headers: Record<string, string> = {}) =>
        (await visit(NAME, "/api/pair", { method: "POST", body: '{"code":"x"}', from, headers })).status;
      expect([await attempt("127.0.0.1"), await attempt("127.0.0.1")]).toEqual([403, 403]);
      expect(await attempt("127.0.0.1", { "x-forwarded-for": "192.0.2.1" })).toBe(429);
      expect(await attempt("127.0.0.2")).toBe(403);
    });

    it("refuses bodies that no code has", async () => {
      const body = JSON.stringify({ code: "x".repeat(200_000) });
      const answer = await visit(NAME, "/api/pair", { method: "POST", body, from: "127.0.0.3" });
      expect(answer.status).toBe(413);
    });

    if (name === "caddy") {
      it("gets no certificate for names that nobody serves", async () => {
        await expect(visit(`x.${NAME}`, "/")).rejects.toThrow();
        await expect(visit(`${"a".repeat(52)}.${NAME}`, "/")).rejects.toThrow();
      });
    }
  });
}

async function next(response: IncomingMessage): Promise<string> {
  for (;;) {
    const chunk: Buffer | null = response.read();
    if (chunk !== null) return chunk.toString();
    await once(response, "readable");
  }
}

describe("the files for web servers", () => {
  const file = (...path: string[]) => readFile(join(checkout, "relay", "deploy", ...path), "utf8");

  it("let a socket be silent for longer than it takes to find that it is dead", async () => {
    const nginx = await file("nginx", "ora-relay.conf");
    for (const directive of ["proxy_read_timeout", "proxy_send_timeout"]) {
      const seconds = Number(new RegExp(`${directive} (\\d+)s;`).exec(nginx)?.[1]);
      expect(seconds * 1000, directive).toBeGreaterThan(HEARTBEAT_INTERVAL_MS * HEARTBEAT_MISSES);
    }
    // Caddy and cloudflared have none of their own; Cloudflare's edge waits for 100 s.
    expect(await file("caddy", "Caddyfile")).not.toMatch(/timeout/);
  });

  it("for cloudflared end with a rule that fits everything, as it demands", async () => {
    const rules = (await file("cloudflared", "config.yml")).split("ingress:\n")[1]?.match(/^ {2}- .*$/gm);
    expect(rules?.at(-1)).toBe("  - service: http_status:404");
  });
});
