/**
 * The one place where what the node is doing becomes words: which hop is broken, since when, and what to do about it.
 * Pure; every text is for the PC's owner.
 */
import type { OutageCode } from "./connector/outage.ts";
import type { RelayState } from "./connector/relay-state.ts";
import type { ApiState } from "./local-proxy/api-watch.ts";

interface Words {
  readonly what: string;
  readonly advice?: string;
}

const OUTAGES: Readonly<Record<OutageCode, Words>> = {
  relay_unreachable: {
    what: "the relay cannot be reached",
    advice: "is it running, and is ORA_RELAY_URL right?",
  },
  relay_name_unknown: {
    what: "the relay's name cannot be found",
    advice: "is this PC online, and is ORA_RELAY_URL spelt right?",
  },
  relay_timeout: { what: "the relay does not answer", advice: "a firewall may be in the way" },
  relay_untrusted: {
    what: "the relay's certificate is not trusted",
    advice: "ask whoever runs the relay; NODE_EXTRA_CA_CERTS adds a certificate authority of your own",
  },
  relay_http_status: {
    what: "the relay's address answers, but not like a relay",
    advice: "check the path of ORA_RELAY_URL, and that its proxy passes WebSockets on",
  },
  not_a_relay: {
    what: "something else than a relay answers at its address",
    advice: "check the scheme and the port of ORA_RELAY_URL",
  },
  proxy_failed: {
    what: "the proxy does not let us through to the relay",
    advice: "check HTTPS_PROXY and HTTP_PROXY, or name the relay in NO_PROXY",
  },
  relay_silent: { what: "the relay fell silent" },
  relay_restarting: { what: "the relay restarts" },
  relay_closed: { what: "the connection to the relay was closed" },
  relay_refused: {
    what: "the relay refuses this node",
    advice: "check ORA_RELAY_NODE_ID, and ask whoever runs the relay",
  },
  relay_too_old: {
    what: "the relay does not speak the encrypted protocol",
    advice: "update it; if it may read what passes, set ORA_NODE_ALLOW_PLAINTEXT=1",
  },
  relay_has_no_v2: {
    what: "the relay does not serve the encrypted protocol, because it has no public address",
    advice: "give it its ORA_RELAY_PUBLIC_URL; if it may read what passes, set ORA_NODE_ALLOW_PLAINTEXT=1",
  },
  relay_busy: { what: "the relay takes nobody at the moment" },
  message_too_big: {
    what: "a message was larger than allowed",
    advice: "relay and node need the same ORA_RELAY_MAX_MSG_BYTES",
  },
  id_in_use: {
    what: "this identity is in use on another machine",
    advice:
      "stop the node there, or give this one a new identity (its command new-identity; at an old relay: another ORA_RELAY_NODE_ID)",
  },
};

/** What to do about a refusal that the relay gave a name. */
const REFUSAL_ADVICE: Readonly<Record<string, string>> = {
  enrolment_refused: "set ORA_RELAY_ENROLL_KEY to the key of whoever runs the relay",
  enrollment_required:
    "it takes nodes with its enrolment key only, which needs the encrypted protocol: give it its ORA_RELAY_PUBLIC_URL, and set ORA_RELAY_ENROLL_KEY here",
  wrong_host: "ORA_RELAY_URL must name the relay as its ORA_RELAY_PUBLIC_URL does",
};

/** The time of day of a moment, as the owner's clock shows it. */
function clockTime(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

/** One sentence about the connection. `relay` is the host to name. */
export function relayText(state: RelayState, relay: string, now: number): string {
  switch (state.kind) {
    case "stopped":
      return `disconnected from ${relay}`;
    case "connecting":
      return `connecting to ${relay}`;
    case "connected":
      return `connected to ${relay}`;
    case "waiting": {
      const { code, detail, since } = state.outage;
      const { what, advice: usual } = OUTAGES[code];
      const advice = (code === "relay_refused" && REFUSAL_ADVICE[detail ?? ""]) || usual;
      const seconds = Math.max(1, Math.round((state.until - now) / 1000));
      const because = what + (detail === undefined ? "" : ` (${detail})`);
      return `no connection since ${clockTime(since)}: ${because}; trying again in ${seconds} s${advice === undefined ? "" : ` - ${advice}`}`;
    }
  }
}

/** One sentence about the local API. `api` is its address. */
export function apiText(state: ApiState, api: string): string {
  switch (state.kind) {
    case "unknown":
      return `looking for the local API at ${api}`;
    case "up":
      return `the local API at ${api} answers`;
    case "down": {
      const why = state.because === "ConnectTimeout" ? "no answer" : "nothing listens there";
      return `the local API at ${api} is down since ${clockTime(state.since)} (${why}) - start it, or set ORA_NODE_API_BASE_URL`;
    }
  }
}
