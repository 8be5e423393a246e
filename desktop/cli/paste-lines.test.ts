import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { connectLine, pairLine, requestLine } from "./paste-lines.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** What a shell prints that reads these lines from its input, as when they are pasted. */
function pasted(shell: string, lines: readonly string[]): Promise<{ out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(shell, (_, out, err) => resolve({ out, err }));
    child.stdin?.end(`${lines.join("\n")}\n`);
  });
}

/** A relay that takes one code and answers one kind of request. */
async function relay(options: { code: string; body: string }) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { code } = JSON.parse(Buffer.concat(chunks).toString());
    const answer = code === options.code ? { token: "the-token" } : { detail: "this code is no good" };
    response.writeHead(code === options.code ? 200 : 403).end(JSON.stringify(answer));
  });
  const sockets = new WebSocketServer({ server, path: "/base/ws/client" });
  const tokens: (string | undefined)[] = [];
  sockets.on("connection", (socket, request) => {
    tokens.push(request.headers.authorization);
    socket.on("message", () => {
      const body_b64 = Buffer.from(options.body).toString("base64");
      socket.send(JSON.stringify({ type: "http_response", id: "1", status: 200, headers: {}, body_b64 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as { port: number };
  return { url: new URL(`ws://127.0.0.1:${port}/base`), tokens };
}

describe("the line of the encrypted way", () => {
  const program = "npm run connect --";

  it("is the code with its relay, and without a code the link in quotes", () => {
    const relay = "http://127.0.0.1:9010";
    const link = `${relay}/#P2.A.B.C`;
    expect(connectLine({ program, relay, code: "ABCD-EFGH", link })).toBe(
      "npm run connect -- ABCD-EFGH --relay http://127.0.0.1:9010",
    );
    expect(connectLine({ program, relay, code: undefined, link })).toBe(`npm run connect -- '${link}'`);
    expect(connectLine({ program, relay, code: undefined, link: undefined })).toBeUndefined();
  });

  it("puts quotes where the shell would read something into a relay's address", () => {
    const relay = "https://relay.example/~me&you";
    expect(connectLine({ program: "ora-connect", relay, code: "ABCD-EFGH", link: undefined })).toBe(
      `ora-connect ABCD-EFGH --relay '${relay}'`,
    );
  });
});

describe.skipIf(process.platform === "win32")("lines to paste", () => {
  it("speak to the relay that the node uses, with its scheme and base path", () => {
    const relay = new URL("wss://relay.example/base");
    expect(pairLine(relay, "CODE")).toContain("curl -sS https://relay.example/base/api/pair ");
    expect(requestLine(relay)).toContain("-c wss://relay.example/base/ws/client ");
    expect(pairLine(new URL("ws://127.0.0.1:9010"), "CODE")).toContain(
      "curl -sS http://127.0.0.1:9010/api/pair ",
    );
  });

  it.each(["sh", "bash"])("pair and print the answer's body as text, in %s", async (shell) => {
    const { url, tokens } = await relay({ code: "CODE", body: "hello\nfrom there" });
    const { out } = await pasted(shell, [pairLine(url, "CODE"), requestLine(url)]);
    expect(tokens).toEqual(["Bearer the-token"]);
    expect(out).toBe("200\nhello\nfrom there\n");
  });

  it.each(["sh", "bash"])("say what the relay says of a bad code, and stop, in %s", async (shell) => {
    const { url, tokens } = await relay({ code: "CODE", body: "" });
    const { out, err } = await pasted(shell, [pairLine(url, "used"), requestLine(url)]);
    expect(err).toBe("this code is no good\n");
    expect(out).toBe("");
    expect(tokens).toEqual([]);
  });

  it("say that nobody answers where no relay is", async () => {
    const url = new URL("ws://127.0.0.1:1");
    const { err } = await pasted("sh", [pairLine(url, "CODE"), requestLine(url)]);
    expect(err).toMatch(/no answer from the relay/);
  });

  it.each(["it's", '"$(touch /tmp/x)`', "\\'\"!"])("say the code %j exactly as it is", async (code) => {
    const { url } = await relay({ code, body: "" });
    const { out, err } = await pasted("sh", [pairLine(url, code), 'echo "$TOKEN"']);
    expect([out, err]).toEqual(["the-token\n", ""]);
  });
});
