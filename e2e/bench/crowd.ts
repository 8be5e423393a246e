/**
 * Thousands of v2 nodes in one process, each as little as a relay can tell from a real one: it proves a key of its own,
 * registers a device, answers pings and sends its own, and comes back as the real one does. Each has an address of its
 * own, as in the world. One line each time that all are online.
 */

import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { type NodeAuthentication, startNodeAuthentication } from "#shared/crypto/node-auth.ts";
import { nodeIdFromPublicKey, type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { SUBPROTOCOL_V2 } from "#shared/protocol/version.ts";
import { type Backoff, connectionLost, FRESH, nextWait } from "../../desktop/core/connector/backoff.ts";

const HEARTBEAT_MS = 25_000;
/** Handshakes under way in this process at once: elsewhere each node has a processor of its own. */
const DIALS_AT_ONCE = 64;
/** While there is no relay, one look is enough for all: ten thousand refused dials would only measure this process. */
const LOOK_MS = 25;
const HASH_BYTES = 32;

const backend = createCryptoBackend();

/** Runs until the process ends. */
export async function runCrowd(port: number, count: number): Promise<void> {
  const crowd = { port, count, online: 0, dials: createTurns(DIALS_AT_ONCE), isUp: true };
  void watchRelay(crowd);
  for (let number = 0; number < count; number += 1) void live(crowd, number);
  await new Promise(() => undefined);
}

interface Crowd {
  readonly port: number;
  readonly count: number;
  online: number;
  readonly dials: Turns;
  isUp: boolean;
}

/** So many at once; the others wait in their order. */
interface Turns {
  take(): Promise<void>;
  giveBack(): void;
}

function createTurns(free: number): Turns {
  let left = free;
  const waiting: (() => void)[] = [];
  return {
    async take() {
      if (left > 0) left -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    giveBack() {
      const next = waiting.shift();
      if (next === undefined) left += 1;
      else next();
    },
  };
}

async function watchRelay(crowd: Crowd): Promise<void> {
  for (;;) {
    if (!crowd.isUp) crowd.isUp = await canConnect(crowd.port);
    await pause(LOOK_MS);
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

async function live(crowd: Crowd, number: number): Promise<void> {
  const key = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
  let backoff: Backoff = FRESH;
  for (;;) {
    let wasOnline = false;
    let announced = false;
    if (crowd.isUp) {
      await crowd.dials.take();
      const code = await oneConnection(crowd, number, key, () => {
        wasOnline = true;
      });
      announced = code === 1012;
      if (!wasOnline) crowd.dials.giveBack();
    }
    const now = performance.now();
    if (wasOnline) backoff = connectionLost(FRESH, now, announced);
    const { ms, next } = nextWait(backoff, now, false, Math.random);
    backoff = next;
    await pause(ms);
  }
}

/** Resolves with its close code once it is over. */
function oneConnection(crowd: Crowd, number: number, key: StaticKey, online: () => void): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${crowd.port}/ws/node`, [SUBPROTOCOL_V2], {
    perMessageDeflate: false,
    localAddress: `127.${1 + (number >> 14)}.${(number >> 7) & 127}.${1 + (number & 127)}`,
  });
  let authentication: NodeAuthentication | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let isOnline = false;
  const say = (message: object) => socket.send(JSON.stringify(message));

  async function hear(message: { type?: unknown; noise?: unknown }): Promise<void> {
    switch (message.type) {
      case "welcome": {
        authentication = await startNodeAuthentication({ backend, nodeKey: key });
        const noise = encodeBase64Url(authentication.hello);
        say({ type: "node_hello", node_id: nodeIdFromPublicKey(key.publicKey), noise });
        return;
      }
      case "node_challenge": {
        const challenge = decodeBase64Url(String(message.noise));
        const proof = { host: `127.0.0.1:${crowd.port}`, agent: "crowd", epoch: Date.now() };
        const answer = challenge && (await authentication?.answer(challenge, proof));
        authentication = undefined;
        if (answer) say({ type: "node_auth", noise: encodeBase64Url(answer) });
        return;
      }
      case "node_ready":
        say({ type: "register", sessions: [deviceOf(number)], offers: [], codes: [] });
        return;
      case "registered":
        isOnline = true;
        online();
        crowd.dials.giveBack();
        crowd.online += 1;
        heartbeat = setInterval(() => socket.ping(), HEARTBEAT_MS);
        if (crowd.online === crowd.count) console.log(`all online at ${Date.now()}`);
        return;
      default:
        console.log(`unexpected ${JSON.stringify(message)}`);
    }
  }

  socket.on("message", (data) => void hear(JSON.parse(String(data))));
  socket.on("error", (error) => {
    if ("code" in error && error.code === "ECONNREFUSED") crowd.isUp = false;
    else console.log(`unexpected ${error.message}`);
  });
  return new Promise((resolve) => {
    socket.on("close", (code) => {
      clearInterval(heartbeat);
      if (isOnline) crowd.online -= 1;
      resolve(code);
    });
  });
}

function deviceOf(number: number) {
  const bytes = new Uint8Array(HASH_BYTES);
  new DataView(bytes.buffer).setUint32(0, number);
  return { hash: encodeBase64Url(bytes), device: "phone", ttl: 86_400 };
}
