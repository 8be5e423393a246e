import { afterEach, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "./support/api.ts";
import { runScript } from "./support/checkout.ts";
import { freePort } from "./support/free-port.ts";
import type { Program } from "./support/program.ts";
import { connectV1, pairV1, type V1Client } from "./support/v1-client.ts";

/** Whatever a test started, ended in the opposite order. */
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function relay(env: Record<string, string> = {}): Promise<{ program: Program; origin: string }> {
  const program = runScript("relay", { env: { ORA_RELAY_PORT: "0", ...env } });
  endings.push(() => program.stop());
  const [, origin = ""] = await program.waitFor(/relay listening on (http:\S+)/);
  return { program, origin };
}

function node(origin: string, api: string, env: Record<string, string> = {}): Program {
  const program = runScript("node", {
    env: {
      ORA_RELAY_URL: origin.replace("http", "ws"),
      ORA_NODE_API_BASE_URL: api,
      ORA_NODE_SECRETS: "memory",
      ...env,
    },
  });
  endings.push(() => program.stop());
  return program;
}

async function api(handle: Parameters<typeof startTestApi>[0]): Promise<TestApi> {
  const running = await startTestApi(handle);
  endings.push(() => running.close());
  return running;
}

/** The n-th code that a node has shown, counted from one. */
async function code(program: Program, n = 1): Promise<string> {
  let from = 0;
  for (let i = 1; ; i += 1) {
    const match = await program.waitFor(/^pairing_code=(\S+)/, from);
    if (i === n) return match[1] ?? "";
    from = program.lines.indexOf(match.input ?? "", from) + 1;
  }
}

async function paired(origin: string, pairingCode: string): Promise<V1Client> {
  const { status, body } = await pairV1(origin, pairingCode);
  expect(status).toBe(200);
  const client = await connectV1(origin, String(body.token));
  endings.push(() => client.close());
  return client;
}

describe("relay and node, protocol 1", () => {
  it("carry a request from a paired client to the local API and its answer back", async () => {
    const local = await api((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        const { method, url, headers } = request;
        response.writeHead(201, {
          "content-type": "application/json",
          "x-seen": String(headers["x-ora-token"]),
        });
        response.end(
          JSON.stringify({ method, url, host: headers.host, body: Buffer.concat(chunks).toString() }),
        );
      });
    });
    const { origin } = await relay();
    const client = await paired(origin, await code(node(origin, local.origin)));
    const answer = await client.request({
      method: "PUT",
      path: "/things/7?x=%20",
      headers: { "x-ora-token": "mine" },
      body: Buffer.from("hello"),
    });
    expect(answer).toMatchObject({ status: 201, headers: { "x-seen": "mine" } });
    expect(JSON.parse(Buffer.from(answer.body_b64 ?? "", "base64").toString())).toEqual({
      method: "PUT",
      url: "/things/7?x=%20",
      host: `127.0.0.1:${local.port}`,
      body: "hello",
    });
  });

  it("answer many requests on one socket as they finish, each with its own body", async () => {
    const waiting = new Map<string, () => void>();
    const local = await api((request, response) => {
      const finish = () => response.end(request.url);
      waiting.set(request.url ?? "", finish);
      // Held until all are here, then answered backwards: only a multiplexing relay and node get this far.
      if (waiting.size === 50) for (const answer of [...waiting.values()].reverse()) answer();
    });
    const { origin } = await relay();
    const client = await paired(origin, await code(node(origin, local.origin)));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => client.request({ path: `/n/${i}` })),
    );
    answers.forEach((answer, i) => {
      expect(Buffer.from(answer.body_b64 ?? "", "base64").toString()).toBe(`/n/${i}`);
    });
  });

  it("show the next code as soon as one is used, and the used one is worth nothing", async () => {
    const local = await api((_, response) => response.end());
    const { origin } = await relay();
    const program = node(origin, local.origin);
    const first = await code(program);
    expect((await pairV1(origin, first)).status).toBe(200);
    const second = await code(program, 2);
    expect(second).not.toBe(first);
    expect((await pairV1(origin, first)).status).toBe(403);
    expect((await pairV1(origin, second.toLowerCase().replace("-", " "))).status).toBe(200);
  });

  it("say that the local API is down, and work again when it is back", async () => {
    const port = await freePort();
    const { origin } = await relay();
    const program = node(origin, `http://127.0.0.1:${port}`);
    const client = await paired(origin, await code(program));
    expect(await client.request({})).toMatchObject({ error: "http_proxy_failed:ConnectError" });
    await program.waitFor(/local API .*(down|not answering)/i);
    const local = await startTestApi((_, response) => response.end("back"), port);
    endings.push(() => local.close());
    expect(await client.request({})).toMatchObject({ status: 200 });
  });

  it("come together again after the relay was restarted, and the code on display still works", async () => {
    const local = await api((_, response) => response.end("hello"));
    const port = String(await freePort());
    const first = await relay({ ORA_RELAY_PORT: port });
    const program = node(first.origin, local.origin);
    const client = await paired(first.origin, await code(program));
    const closed = new Promise<number>((resolve) => client.socket.on("close", resolve));
    const shown = await code(program, 2);
    expect(await first.program.stop()).toBe(0);
    expect(await closed).toBe(1012);
    await relay({ ORA_RELAY_PORT: port });
    expect(await code(program, 3)).toBe(shown);
    const again = await paired(first.origin, shown);
    expect(await again.request({})).toMatchObject({ status: 200 });
  });

  it("keep what one client may ask apart from what another is told", async () => {
    const local = await api((request, response) => {
      setTimeout(() => response.end(request.url), request.url === "/slow" ? 200 : 0);
    });
    const { origin } = await relay();
    const program = node(origin, local.origin);
    const one = await paired(origin, await code(program));
    const two = await paired(origin, await code(program, 2));
    // Both clients number their requests from one, so the ids are the same.
    const [slow, fast] = await Promise.all([one.request({ path: "/slow" }), two.request({ path: "/fast" })]);
    expect(Buffer.from(slow.body_b64 ?? "", "base64").toString()).toBe("/slow");
    expect(Buffer.from(fast.body_b64 ?? "", "base64").toString()).toBe("/fast");
  });
});
