/**
 * What the relay can know of an encrypted session: nothing that passes through it. Everything it receives and sends,
 * its log, its heap and all of its memory are searched for what a spy would want; the same search over a session of
 * protocol 1 finds it.
 */
import { describe, expect, it } from "vitest";
import { type CryptoBackend, createCryptoBackend } from "#shared/crypto/backend.ts";
import { parsePairingLink } from "#shared/protocol/pairing-link.ts";
import { startTestApi } from "../support/api.ts";
import { startCoreNode } from "../support/core-node.ts";
import { pairDevice } from "../support/device.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { heapSnapshot, SNAPSHOT_ENV } from "../support/heap-snapshot.ts";
import { readProcessMemory } from "../support/process-memory.ts";
import type { Program } from "../support/program.ts";
import { findSecrets, type Secret } from "../support/secret-forms.ts";
import { freshDirectory, startRelayProgram } from "../support/stage.ts";
import { connectV1, pairV1 } from "../support/v1-client.ts";
import { serveWebSockets } from "../support/web-sockets.ts";
import { startWiretap, type Wiretap } from "../support/wiretap.ts";

const atTheEnd = endingsOfEachTest();

/** Text that occurs nowhere by chance, nor in the sources. */
const marker = (name: string): Secret & { value: string } => ({
  name,
  value: ["mark", name.replaceAll(" ", "-"), "4f1c9e"].join("-"),
});
const MARKERS = {
  path: marker("path"),
  query: marker("query"),
  requestHeader: marker("request header"),
  requestBody: marker("request body"),
  responseHeader: marker("response header"),
  responseBody: marker("response body"),
};
const V2_MARKERS = {
  deviceName: marker("device name"),
  nodeName: marker("node name"),
  ownerHeader: marker("owner header"),
  socketPath: marker("socket path"),
  sentMessage: marker("sent message"),
  receivedMessage: marker("received message"),
  closeReason: marker("close reason"),
};
const TARGET = `/${MARKERS.path.value}?q=${MARKERS.query.value}`;

interface Bugged {
  readonly program: Program;
  readonly directory: string;
  readonly tap: Wiretap;
  readonly api: string;
}

/** A relay whose wire is tapped, and an API that says the markers. */
async function bugged(): Promise<Bugged> {
  const directory = await freshDirectory(atTheEnd);
  const { program, port } = await startRelayProgram(atTheEnd, SNAPSHOT_ENV, directory);
  const tap = await startWiretap(port);
  atTheEnd(() => tap.close());
  const api = await startTestApi((request, response) => {
    request.resume();
    request.on("end", () => {
      response.setHeader("x-answer", MARKERS.responseHeader.value);
      response.end(MARKERS.responseBody.value);
    });
  });
  atTheEnd(() => api.close());
  serveWebSockets(api, (socket) => {
    socket.on("message", () => {
      socket.send(V2_MARKERS.receivedMessage.value);
      socket.close(4000, V2_MARKERS.closeReason.value);
    });
  });
  return { program, directory, tap, api: api.origin };
}

/** The backend, and every key that it is given for encryption. */
function watchedBackend(keys: Set<Uint8Array>): CryptoBackend {
  const backend = createCryptoBackend();
  const { chacha20poly1305 } = backend;
  return {
    ...backend,
    chacha20poly1305: {
      seal(parameters, plaintext, into) {
        keys.add(parameters.key);
        chacha20poly1305.seal(parameters, plaintext, into);
      },
      open(parameters, sealed) {
        keys.add(parameters.key);
        return chacha20poly1305.open(parameters, sealed);
      },
    },
  };
}

async function privateKeyOf(store: { get(name: string): Promise<string | undefined> }): Promise<Buffer> {
  const { key }: { key: string } = JSON.parse((await store.get("node_key")) ?? "");
  return Buffer.from(key, "base64url");
}

describe("an encrypted session", () => {
  it("leaves nothing of itself on the relay's wire, in its log, its heap or its memory", async () => {
    const { program, directory, tap, api } = await bugged();
    const keys = new Set<Uint8Array>();
    const backend = watchedBackend(keys);
    const node = await startCoreNode({
      relay: tap.origin,
      api,
      backend,
      machineName: V2_MARKERS.nodeName.value,
      env: { ORA_NODE_ALLOW_PLAINTEXT: "0" },
    });
    atTheEnd(() => node.node.stop());
    await node.node.headers.set("x-ora-token", V2_MARKERS.ownerHeader.value);
    const link = await node.link();
    const code = await node.typedCode();
    // With what there was so far the node has proved its own key, to the relay: that one knows it.
    keys.clear();
    const name = V2_MARKERS.deviceName.value;
    const byLink = await pairDevice({ text: link, relay: tap.origin, backend, name });
    const byCode = await pairDevice({ text: code, relay: tap.origin, backend, name });
    const devices = [byLink, byCode];
    for (const device of devices) {
      const session = device.connect();
      atTheEnd(() => session.close());
      const answer = await session.fetch(TARGET, {
        method: "POST",
        headers: { "x-ask": MARKERS.requestHeader.value },
        body: MARKERS.requestBody.value,
      });
      expect(await answer.text()).toBe(MARKERS.responseBody.value);
      const socket = session.webSocket(`/${V2_MARKERS.socketPath.value}`);
      socket.onopen = () => socket.send(V2_MARKERS.sentMessage.value);
      const closed = new Promise<string>((resolve) => {
        socket.onclose = ({ reason }) => resolve(reason);
      });
      expect(await closed).toBe(V2_MARKERS.closeReason.value);
    }

    const { secret = new Uint8Array(0) } = parsePairingLink(link) ?? {};
    // Session and handshake keys of both ends: two pairings, two sessions, two directions each.
    expect(keys.size).toBeGreaterThanOrEqual(16);
    const never: Secret[] = [
      ...Object.values(MARKERS),
      ...Object.values(V2_MARKERS),
      { name: "typed code", value: code },
      { name: "typed code without hyphen", value: code.replace("-", "") },
      { name: "link secret", value: secret },
      { name: "link secret as text", value: link.slice(link.lastIndexOf(".") + 1) },
      { name: "node key", value: await privateKeyOf(node.store) },
      ...devices.map(({ privateKey }, i) => ({ name: `key of device ${i}`, value: privateKey })),
      ...[...keys].map((key, i) => ({ name: `encryption key ${i}`, value: key })),
    ];
    const routeTokens = devices.map(({ record }, i) => ({
      name: `route token ${i}`,
      value: record.routeToken,
    }));

    const wire = { received: tap.received(), sent: tap.sent() };
    expect(findSecrets(wire.received, never)).toEqual([]);
    expect(findSecrets(wire.sent, never)).toEqual([]);
    // The secret half alone is short, so it is looked for where nothing is random.
    const spoken = tap.receivedTexts().map((text) => text.replace(/"(noise|hash|token)":"[^"]*"/g, ""));
    expect(spoken.filter((text) => text.includes(code.slice(-4)))).toEqual([]);
    // A route token opens the door to the node and nothing else; only the client's own `open` shows it.
    const withTokens = tap
      .receivedTexts()
      .filter((text) => findSecrets(Buffer.from(text), routeTokens).length > 0);
    expect(withTokens.length).toBeGreaterThan(0);
    for (const text of withTokens) expect(text).toMatch(/^\{"type":"open",/);
    expect(findSecrets(wire.sent, routeTokens)).toEqual([]);
    // What the relay may know is there, so the search reads the right bytes.
    expect(findSecrets(wire.received, [{ name: "node id", value: node.node.nodeId }])).not.toEqual([]);

    const log = Buffer.from(program.lines.join("\n"));
    expect(log.length).toBeGreaterThan(0);
    expect(findSecrets(log, [...never, ...routeTokens])).toEqual([]);

    const heap = await heapSnapshot(program, directory);
    if (heap !== undefined) {
      expect(findSecrets(heap, [{ name: "node id", value: node.node.nodeId }])).not.toEqual([]);
      expect(findSecrets(heap, [...never, ...routeTokens])).toEqual([]);
    }

    const memory = readProcessMemory(program.pid);
    if (memory === undefined) return;
    expect(findSecrets(memory, [{ name: "node id", value: node.node.nodeId }])).not.toEqual([]);
    expect(findSecrets(memory, never)).toEqual([]);
  });
});

describe("the same search over a session of protocol 1", () => {
  it("finds all of it", async () => {
    const { program, tap, api } = await bugged();
    const node = await startCoreNode({ relay: tap.origin, api, env: { ORA_NODE_ALLOW_PLAINTEXT: "1" } });
    atTheEnd(() => node.node.stop());
    await node.link();
    const code = node.node.offerView.plaintext?.code ?? "";
    const { body } = await pairV1(tap.origin, code);
    const token = String(body.token);
    const client = await connectV1(tap.origin, token);
    atTheEnd(() => client.close());
    const request = {
      method: "POST",
      path: TARGET,
      headers: { "x-ask": MARKERS.requestHeader.value },
      body: Buffer.from(MARKERS.requestBody.value),
    };
    expect(await client.request(request)).toMatchObject({ status: 200 });

    const asked = [MARKERS.path, MARKERS.query, MARKERS.requestHeader, MARKERS.requestBody];
    const answered = [MARKERS.responseHeader, MARKERS.responseBody];
    const names = (found: string[]) => [...new Set(found.map((text) => text.replace(/ \(.*$/, "")))];
    const secrets = [
      ...Object.values(MARKERS),
      { name: "code", value: code },
      { name: "token", value: token },
    ];
    const all = [...asked, ...answered].map(({ name }) => name);
    expect(names(findSecrets(tap.received(), secrets)).sort()).toEqual([...all, "code", "token"].sort());
    expect(names(findSecrets(tap.sent(), secrets)).sort()).toEqual([...all, "token"].sort());
    const memory = readProcessMemory(program.pid);
    if (memory === undefined) return;
    expect(names(findSecrets(memory, secrets))).toEqual(expect.arrayContaining(all));
  });
});
