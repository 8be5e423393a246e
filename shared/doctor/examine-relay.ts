/**
 * What a relay is when it is reached the way nodes and phones reach it: whether sockets and large messages get through,
 * whether it knows its own name, what its clock says, and whether it takes a node. One order, each finding as it comes.
 */
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { relaySocketUrl } from "#shared/protocol/relay-url.ts";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import type { Welcome } from "#shared/protocol/v2/relay-messages.ts";
import { endpointOf, examineAddress } from "./examine-address.ts";
import { examineApps } from "./examine-apps.ts";
import { type Finding, ok, skipped, wrong } from "./finding.ts";
import { type Dialled, dial, type LineEvent, type Network } from "./network.ts";
import { awaitWelcome, prove, stay, type Visit } from "./visit-as-node.ts";
import { certificateAdvice, certificateWords, isCertificateCode, reachWords, statusWords } from "./words.ts";

/** Longer than most web servers let a silent connection live: 60 s is the usual limit. */
export const LONG_STAY_MS = 70_000;
/** Below this a difference harms nobody. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;
/** What ends a socket when something on the way dislikes it: cut without a word, or "message too big". */
const CUT_ON_THE_WAY = new Set([1006, 1009]);

export interface Examination {
  readonly network: Network;
  /** As `http(s)://host[:port][/base]`, the way `parseRelayUrl` writes it. */
  readonly address: string;
  readonly enrollKey: string | undefined;
  /** Why no proof can be tried: the relay takes those alone that know a key, and none is at hand here. In words. */
  readonly lacksKey?: string | undefined;
  readonly backend: CryptoBackend;
  /** How long to stay, to see whether something cuts idle sockets. Undefined: not at all. */
  readonly stayMs: number | undefined;
  readonly report: (finding: Finding) => void;
}

export async function examineRelay(examination: Examination): Promise<void> {
  const { network, address, report } = examination;
  if (!(await examineAddress(network, address, report))) return;
  const dialled = await dial(network, `${relaySocketUrl(address)}/ws/node`);
  if (dialled.kind !== "open") {
    report(notDialled(address, dialled));
    return;
  }
  const { line } = dialled;
  try {
    report(ok("websocket", "the upgrade gets through"));
    const welcome = await awaitWelcome(line);
    if ("refused" in welcome) {
      report(noWelcome(address, welcome.refused));
      return;
    }
    report(publicUrl(address, welcome));
    report(clock(network, welcome));
    const asClient = await examineAsClient(examination);
    if (asClient !== undefined) await examineApps(network, asClient.apps, report);
    await examineVisit(examination, { ...examination, line, now: () => network.now() });
  } finally {
    line.end();
  }
}

function notDialled(address: string, dialled: Exclude<Dialled, { kind: "open" }>): Finding {
  const { host, port } = endpointOf(address);
  if (dialled.kind === "status") return wrong("websocket", ...statusWords(dialled.status));
  if (dialled.kind === "no_subprotocol") {
    return wrong(
      "websocket",
      "what answers speaks WebSocket, and not this protocol",
      "see that the address is a relay's, and that the web server keeps the header Sec-WebSocket-Protocol",
    );
  }
  const { code } = dialled;
  return isCertificateCode(code)
    ? wrong("tls", certificateWords(host, code), ...certificateAdvice(host, port, code))
    : wrong("websocket", ...reachWords({ host, port }, code));
}

function noWelcome(address: string, code: string): Finding {
  if (code !== String(CLOSE.UPGRADE_REQUIRED)) {
    return wrong("relay", `it does not greet as a relay does (${code})`, "see that the relay is up to date");
  }
  return wrong("public_url", "the relay does not know its own address", ...setPublicUrl(address));
}

function publicUrl(address: string, { public_url: own }: Welcome): Finding {
  if (own === undefined) return ok("public_url", "the relay serves this machine alone, and needs none");
  if (own === address) return ok("public_url", `the relay calls itself ${own}, too`);
  return wrong(
    "public_url",
    `the relay calls itself ${own}, and is reached as ${address}: nodes are refused`,
    ...setPublicUrl(address),
    `or give nodes and phones its own name: ${own}`,
  );
}

function setPublicUrl(address: string): string[] {
  return [`on the server: ORA_RELAY_PUBLIC_URL=${address}, then systemctl restart ora-relay`];
}

function clock(network: Network, { now }: Welcome): Finding {
  const difference = network.now() - now * 1000;
  if (Math.abs(difference) <= MAX_CLOCK_DIFFERENCE_MS) return ok("clock", "the same here and at the relay");
  const words = `${duration(Math.abs(difference))} ${difference > 0 ? "ahead of" : "behind"}`;
  return wrong(
    "clock",
    `this machine is ${words} the relay`,
    "on whichever is wrong (date -u): timedatectl set-ntp true",
  );
}

/**
 * Sends a whole frame before anything was proved: a relay that gets it says so, and that is all that is asked. Gives the
 * relay's greeting, which tells clients alone where apps are.
 */
async function examineAsClient({ network, address, report }: Examination): Promise<Welcome | undefined> {
  const dialled = await dial(network, `${relaySocketUrl(address)}/ws/client`);
  if (dialled.kind !== "open") {
    report(notDialled(address, dialled));
    return undefined;
  }
  const { line } = dialled;
  try {
    const welcome = await awaitWelcome(line);
    if ("refused" in welcome) {
      report(noWelcome(address, welcome.refused));
      return undefined;
    }
    line.send(new Uint8Array(MAX_FRAME_BYTES));
    report(messageSize(await line.next()));
    return welcome;
  } finally {
    line.end();
  }
}

function messageSize(event: LineEvent): Finding {
  const isCut = event.kind === "timeout" || (event.kind === "closed" && CUT_ON_THE_WAY.has(event.code));
  if (!isCut) return ok("message_size", `${MAX_FRAME_BYTES} bytes in one message get through`);
  return wrong(
    "message_size",
    `a message of ${MAX_FRAME_BYTES} bytes does not get through`,
    "let what stands in front of the relay pass WebSocket messages of 128 KiB",
  );
}

async function examineVisit({ lacksKey, stayMs, report }: Examination, visit: Visit): Promise<void> {
  if (lacksKey !== undefined) {
    report(skipped("node", lacksKey));
    return;
  }
  const refusal = await prove(visit);
  if (refusal !== undefined) {
    report(refused(visit.address, refusal.refused));
    return;
  }
  report(ok("node", "the relay takes a node's proof"));
  if (stayMs === undefined) {
    report(skipped("idle", `not tried; --long stays connected for ${duration(LONG_STAY_MS)}`));
    return;
  }
  const cutAfter = await stay(visit, stayMs);
  report(
    cutAfter === undefined
      ? ok("idle", `a socket with nothing but heartbeats lives for ${duration(stayMs)}`)
      : wrong(
          "idle",
          `a socket with nothing but heartbeats was cut after ${duration(cutAfter)}`,
          "let silent connections live for 120 s: in nginx proxy_read_timeout 120s; proxy_send_timeout 120s;",
        ),
  );
}

function refused(address: string, code: string): Finding {
  if (code === "wrong_host") {
    const host = "the relay has another name for itself, so a proof for this address is not taken";
    return wrong("node", host, ...setPublicUrl(address));
  }
  if (code === "enrolment_refused") {
    return wrong(
      "node",
      "the relay wants an enrolment key, and not this one",
      "on the server: ora-relay keys add my-pc",
      "on the PC: ORA_RELAY_ENROLL_KEY=… with what that shows",
    );
  }
  return wrong(
    "node",
    `the relay does not take a node's proof (${code})`,
    "see its log: journalctl -u ora-relay",
  );
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
