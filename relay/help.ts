/** What `ora-relay --help` says: every setting with what it is for and what is allowed, taken from the settings. */
import { RELAY_SETTINGS } from "./config.ts";

const PURPOSES: Readonly<Record<keyof typeof RELAY_SETTINGS, string>> = {
  host: "the address to listen on; others reach any that is not loopback",
  port: "the port to listen on; 0 lets the system choose",
  adminHost: "where /metrics and /ready are",
  adminPort: "their port; without one they are nowhere",
  tlsCert: "the certificate: with it and its key the relay speaks TLS itself",
  tlsKey: "the certificate's key",
  publicUrl:
    "what nodes and phones call this relay; without it, and not on loopback, only plaintext is served",
  maxMessageBytes: "the longest plaintext message",
  maxBodyBytes: "the largest body of a plaintext request or answer",
  maxPending: "plaintext requests under way at one node",
  clientTimeoutSec: "when the relay gives up on a plaintext request",
  sessionTtlSec: "how long a plaintext session lives",
  pairTtlSec: "how long a plaintext pairing code lives",
  pairRatePerMinute: "pairing attempts of one address in a minute; 0: no limit",
  maxSocketsPerAddress: "WebSockets of one address at once, this machine's apart; 0: no limit",
  nodeBytesPerSecond: "what may pass at one node in a second, both ways together; 0: no limit",
  addressBytesPerSecond: "what may pass at one address in a second, this machine's apart; 0: no limit",
  enforceOrigin: "1: plaintext clients only from https pages",
  trustProxy: "1, behind a proxy that sets it alone: believe the last hop of X-Forwarded-For",
  enrollKey: "only nodes that know it may register",
  enrollKeysFile: "the file of such keys, one for each node, made and revoked by ora-relay keys",
  apps: "where the web apps of PCs open",
  natsUrl: "the bus between several relays of one name; without it this one is alone",
  natsNkeyFile: "the seed to log in to the bus with",
  natsCa: "who vouches for the bus's certificate",
  logLevel: "what the log tells; JSON lines on standard output",
};

const SETTINGS = Object.entries(RELAY_SETTINGS).map(([key, { variable, allowed, fallback }]) => {
  const usual = typeof fallback === "boolean" ? Number(fallback) : (fallback ?? "not set");
  const purpose = PURPOSES[key as keyof typeof RELAY_SETTINGS];
  return `  ${variable} (${usual})\n      ${purpose}\n      allowed: ${allowed}`;
});

export const RELAY_HELP = `ora-relay: carries what a node and its clients say to each other, and cannot read it

usage: ora-relay [--help | --version]
       ora-relay keys add|list|revoke …   who may register a node; see ora-relay keys --help
       ora-relay doctor [ADDRESS]         what is wrong, and what to type; see ora-relay doctor --help

Settings come from the environment, or from .env in the working directory:
${SETTINGS.join("\n")}

Exit codes: 0 after a clean end, 1 when it cannot listen, 64 wrong arguments, 78 a bad setting,
130 at a second signal.`;
