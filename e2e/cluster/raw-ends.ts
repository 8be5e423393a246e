/** Nodes and clients of both protocols as bare sockets, at a chosen relay: what nobody holds back or repeats. */
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { RawSocket } from "../../relay/testing/raw-socket.ts";
import { frameFor, type NodeKey } from "../../relay/testing/v2-endpoints.ts";

const urlOf = (origin: string, path: string) => origin.replace(/^http/, "ws") + path;

/** A socket of protocol 2 that has been welcomed. */
async function welcomed(origin: string, end: "node" | "client"): Promise<RawSocket> {
  const socket = await new RawSocket(urlOf(origin, `/ws/${end}`), ["ora.v2"]).opened();
  await expectType(socket, "welcome");
  return socket;
}

async function expectType(socket: RawSocket, type: string) {
  const message = await socket.next();
  if (message.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(message)}`);
  return message;
}

/** A node that has proved its key and registered this device. Rejects when it was replaced before it had. */
export async function rawNode(
  origin: string,
  key: NodeKey,
  entry: { readonly hash: string; readonly device: string; readonly ttl: number },
): Promise<RawSocket> {
  const socket = await welcomed(origin, "node");
  const authentication = await key.begin();
  socket.send({ type: "node_hello", node_id: key.id, noise: encodeBase64Url(authentication.hello) });
  const { noise } = await expectType(socket, "node_challenge");
  const proof = { host: new URL(origin).host, agent: "test", epoch: 1 };
  const answer = await authentication.answer(Buffer.from(noise, "base64url"), proof);
  if (answer === undefined) throw new Error("the challenge was none");
  socket.send({ type: "node_auth", noise: encodeBase64Url(answer) });
  await expectType(socket, "node_ready");
  socket.send({ type: "register", sessions: [entry], offers: [], codes: [] });
  await expectType(socket, "registered");
  return socket;
}

/** Sends every frame back, on the channel on which it came, after a name of its own. */
export function echoFrames(node: RawSocket, name: number): void {
  node.ws.on("message", (data: Buffer, isBinary: boolean) => {
    if (!isBinary) return;
    node.send(frameFor(data.readUInt32BE(0), Buffer.concat([Buffer.from([name]), data.subarray(4)])));
  });
}

/** A client's channel to a node. Rejects with what the relay said instead. */
export async function rawChannel(origin: string, key: NodeKey, token: string): Promise<RawSocket> {
  const socket = await welcomed(origin, "client");
  socket.send({ type: "open", node_id: key.id, token });
  await expectType(socket, "opened");
  return socket;
}

/** A node of protocol 1 that answers each request with its path, from a code's offer on. */
export async function v1Node(origin: string, id: string, code: string): Promise<RawSocket> {
  const node = await new RawSocket(urlOf(origin, `/ws/node?node_id=${id}`)).opened();
  await offerV1(node, code);
  node.ws.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString());
    if (message.type !== "http_proxy") return;
    const body_b64 = Buffer.from(`${id} ${message.path}`).toString("base64");
    node.send({ type: "http_response", id: message.id, status: 200, headers: {}, body_b64 });
  });
  return node;
}

/** The relay's answer to an offer. */
export async function offerV1(node: RawSocket, code: string) {
  return node.send({ type: "pair_offer", code }).next();
}
