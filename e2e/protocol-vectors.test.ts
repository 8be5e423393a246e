/**
 * Version 2 in PROTOCOL.md, held against the code: its tables are the constants, its messages are what the decoders
 * take, and every byte of its worked example comes out again.
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { FRAME } from "#shared/crypto/frames.ts";
import { NATIVE_BACKEND as backend } from "#shared/crypto/testing/backends.ts";
import {
  established,
  fixedRandomness,
  Recorder,
  settled,
  startRun,
} from "#shared/crypto/testing/channels.ts";
import { type ChannelCloseCode, channelCloseCode } from "#shared/mux/channel-close.ts";
import { createClientMuxer, createNodeMuxer } from "#shared/mux/create-muxer.ts";
import { FloodGuard, type FloodKind } from "#shared/mux/flood-guard.ts";
import { decodeRequest, decodeResponse } from "#shared/mux/head-codec.ts";
import { INNER } from "#shared/mux/inner-types.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import { paddedLength } from "#shared/mux/padme.ts";
import { decodeControl, decodeWsFlags } from "#shared/mux/payloads.ts";
import { type ResetCode, resetCode, resetNumber } from "#shared/mux/reset-codes.ts";
import { Recorder as StreamRecorder } from "#shared/mux/testing/recorder.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import {
  apiMessage,
  appMessage,
  cookieMessage,
  cookiesMessage,
  decodeApi,
  decodeApp,
  decodeCookies,
  decodeCookieWrites,
  FEATURE,
} from "#shared/protocol/v2/app-messages.ts";
import { decodeClientToRelay } from "#shared/protocol/v2/decode-from-client.ts";
import { decodeNodeProof, decodeNodeToRelay } from "#shared/protocol/v2/decode-from-node.ts";
import { decodeRelayToClient, decodeRelayToNode } from "#shared/protocol/v2/decode-from-relay.ts";
import {
  decodeNodeGreeting,
  decodePairAnswer,
  decodePairRequest,
} from "#shared/protocol/v2/pairing-messages.ts";
import { RELAY_ERROR } from "#shared/protocol/v2/relay-messages.ts";
import { namedValue, readProtocolDocument } from "./support/protocol-document.ts";
import { PROTOCOL_LIMITS } from "./support/protocol-limits.ts";
import {
  BODY,
  bytesOf,
  exampleRecords,
  NODE_GREETING,
  REQUEST,
  RESPONSE,
  workedExample,
} from "./support/worked-example.ts";

const protocol = readProtocolDocument();
const vectors = Object.fromEntries(protocol.lines("vectors").map(namedValue));
const vector = (name: string) => bytesOf(vectors[name] ?? "");
const number = (text: string) => Number(text.replaceAll(",", ""));

describe("the tables of PROTOCOL.md", () => {
  it("have the frame types, the inner types and the close codes of the code", () => {
    const named = (title: string) =>
      Object.fromEntries(protocol.table(title).map(([type, name]) => [name, Number(type)]));
    expect(named("Frames")).toEqual(FRAME);
    expect(named("Inner frames")).toEqual(INNER);
    const codes = protocol.table("Close codes of version 2").map(([code]) => Number(code));
    expect(codes).toEqual(Object.values(CLOSE).sort((a, b) => a - b));
  });

  it("have the reset codes", () => {
    const rows = protocol.table("Streams");
    for (const [value, name] of rows) expect(resetNumber(name as ResetCode)).toBe(Number(value));
    // A number that is not in use reads as `internal`.
    const used = Array.from({ length: 256 }, (_, value) => value).filter(
      (value) => resetNumber(resetCode(value)) === value,
    );
    expect(rows.map(([value]) => Number(value))).toEqual(used);
  });

  it("have the codes of CONTROL close", () => {
    const all: Record<ChannelCloseCode, true> = {
      bye: true,
      rehandshake: true,
      revoked: true,
      denied: true,
      busy: true,
      full: true,
      protocol: true,
      internal: true,
    };
    const codes = protocol.table("Codes of CONTROL close").map(([code]) => code ?? "");
    expect(codes).toEqual(Object.keys(all));
    expect(codes.map(channelCloseCode)).toEqual(codes);
  });

  it("have the names of a relay's errors", () => {
    const names = protocol.table("Errors of a relay").map(([name]) => name);
    expect(names.sort()).toEqual(Object.values(RELAY_ERROR).sort());
  });

  it("have the flags of WS frames, all and no others", () => {
    const rows = protocol.table("WebSockets").map(([flags]) => Number(flags));
    const possible = Array.from({ length: 256 }, (_, flags) => flags).filter((flags) => {
      try {
        return decodeWsFlags(Uint8Array.of(flags)) === flags;
      } catch {
        // Refused: that is the answer.
        return false;
      }
    });
    expect(rows.sort((a, b) => a - b)).toEqual(possible);
  });

  it("have the padded lengths", () => {
    const rows = protocol.table("Records").map((row) => row.map(Number));
    expect(rows).toEqual(rows.map(([length = 0]) => [length, paddedLength(length)]));
  });

  it("have the features", () => {
    expect(protocol.table("Features").map(([id]) => id)).toEqual(Object.values(FEATURE));
  });

  it("have the limits", () => {
    const rows = protocol.table("Limits").map(([what = "", limit = ""]) => [what, number(limit)]);
    expect(Object.fromEntries(rows)).toEqual(PROTOCOL_LIMITS);
  });

  it("have the rates above which a channel is flooded", () => {
    const kinds: FloodKind[] = ["pings", "controls", "wasted", "frames", "bytes"];
    const rows = protocol.table("Floods");
    expect(rows.length).toBe(kinds.length);
    for (const [index, kind] of kinds.entries()) {
      const [, bucket = "", perSecond = ""] = rows[index] ?? [];
      const guard = new FloodGuard(0);
      expect(() => guard.count(kind, number(bucket), 0)).not.toThrow();
      expect(() => guard.count(kind, 1, 0)).toThrow();
      expect(() => guard.count(kind, number(perSecond), 1_000)).not.toThrow();
      expect(() => guard.count(kind, 1, 1_000)).toThrow();
    }
  });
});

/** Messages about web apps, read and written again. */
const REWRITTEN: Readonly<Record<string, (message: ControlMessage) => unknown>> = {
  api: (message) => again(decodeApi(message), apiMessage),
  app: (message) => again(decodeApp(message), appMessage),
  cookies: (message) => again(decodeCookies(message), cookiesMessage),
  cookie: (message) => again(decodeCookieWrites(message), cookieMessage),
};

function again<Value>(value: Value | undefined, write: (value: Value) => unknown): unknown {
  return value === undefined ? undefined : write(value);
}

describe("the messages in PROTOCOL.md", () => {
  const texts: Readonly<Record<string, string>> = {
    node_id: JSON.parse(vectors.node_id ?? ""),
    route_token_text: JSON.parse(vectors.route_token_text ?? ""),
    route_token_hash: JSON.parse(vectors.route_token_hash ?? ""),
    node_hello_noise_text: encodeBase64Url(vector("node_hello_noise")),
    node_challenge_noise_text: encodeBase64Url(vector("node_challenge_noise")),
    node_auth_noise_text: encodeBase64Url(vector("node_auth_noise")),
  };
  const decoders: Readonly<Record<string, (text: string) => unknown>> = {
    "C→R": decodeClientToRelay,
    // What a relay says to both is decoded by both.
    "R→C": decodeRelayToClient,
    "R→N": decodeRelayToNode,
    "N→R": decodeNodeToRelay,
    proof: decodeNodeProof,
    pair: (text) => decodePairRequest(utf8ToBytes(text)),
    "paired-hs2": (text) => decodePairAnswer(utf8ToBytes(text)),
    "session-hs2": (text) => decodeNodeGreeting(utf8ToBytes(text)),
  };

  it.each(protocol.lines("messages"))("are decoded as they stand: %s", (line) => {
    const [, who = "", message = ""] = /^(\S+) (.+)$/.exec(line) ?? [];
    const text = message.replace(/<(\w+)>/g, (whole, name: string) => texts[name] ?? whole);
    expect(decoders[who]?.(text)).toEqual(JSON.parse(text));
  });

  it.each(protocol.lines("heads"))("are heads: %s", (line) => {
    const [, type, text = ""] = /^(\S+) +(.+)$/.exec(line) ?? [];
    const decode = type === "REQUEST" ? decodeRequest : decodeResponse;
    expect(decode(utf8ToBytes(text))).toEqual(JSON.parse(text));
  });

  it.each(protocol.lines("control"))("are CONTROL messages that the table explains: %s", (line) => {
    const [, text = ""] = /^\S+ (.+)$/.exec(line) ?? [];
    const explained = protocol.table("Control messages").flatMap(([types = ""]) => types.split(", "));
    const message = decodeControl(utf8ToBytes(text));
    expect(explained).toContain(message.type);
    const rewritten = REWRITTEN[message.type];
    if (rewritten !== undefined) expect(rewritten(message)).toEqual(message);
  });
});

describe("the worked example of PROTOCOL.md", () => {
  it("comes out again, byte for byte", async () => {
    const { client_to_node_key: _, node_to_client_key: __, ...computed } = vectors;
    expect(computed).toEqual(await workedExample());
  });

  it("names the keys that its records open with", () => {
    const open = (key: string, record: string) =>
      backend.chacha20poly1305.open(
        { key: vector(key), nonce: new Uint8Array(12), associatedData: new Uint8Array(0) },
        vector(record).slice(1),
      );
    expect(open("client_to_node_key", "client_record")).toEqual(vector("client_record_plaintext"));
    expect(open("node_to_client_key", "node_record")).toEqual(vector("node_record_plaintext"));
  });

  const run = () =>
    startRun({ kind: "session", ...fixedRandomness("session"), hs2Payload: () => NODE_GREETING });

  it("is what a real node understands", async () => {
    const { clientLink, ...rest } = run();
    const { client, node } = await established({ clientLink, ...rest });
    const controls: ControlMessage[] = [];
    const requests: unknown[] = [];
    createNodeMuxer({
      link: node.channel,
      handlers: {
        control: (message) => controls.push(message),
        closed: () => undefined,
        stream: (stream) => {
          requests.push([stream.id, stream.request]);
          return new StreamRecorder();
        },
      },
    }).start();
    client.channel.send(exampleRecords().client);
    await settled();
    expect(clientLink.sent).toEqual([vector("hs1"), vector("client_record")]);
    expect(controls).toEqual([{ type: "hello", features: [] }]);
    expect(requests).toEqual([[1, REQUEST]]);
  });

  it("is what a real client understands", async () => {
    const { nodeLink, ...rest } = run();
    const { client, node } = await established({ nodeLink, ...rest });
    Recorder.on(node.channel);
    const muxer = createClientMuxer({ link: client.channel, handlers: { closed: () => undefined } });
    const answer = new StreamRecorder();
    muxer.openStream(REQUEST, answer);
    muxer.start();
    await settled();
    node.channel.send(exampleRecords().node);
    await settled();
    expect(nodeLink.sent.map(bytesToHex)).toEqual(
      ["hs2", "node_record"].map((name) => bytesToHex(vector(name))),
    );
    expect(answer.head).toEqual(RESPONSE);
    expect(answer).toMatchObject({ received: BODY.length });
    expect(answer.events).toEqual(["response", "data", "end", "finished"]);
  });
});

describe("a value of the worked example", () => {
  it("counts runs of one byte", () => {
    expect(bytesOf("01 02*3 0405")).toEqual(hexToBytes("010202020405"));
  });
});
