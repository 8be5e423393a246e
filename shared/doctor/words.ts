/** Error codes of systems, of OpenSSL and of web servers in words, with what to type. */
import { isLoopbackHost } from "#shared/protocol/v2/relay-host.ts";
import type { Endpoint } from "./network.ts";

type Words = [said: string, ...advice: string[]];

export function nameWords(host: string, code: string): Words {
  if (code === "ENOTFOUND" || code === "ENODATA") {
    return [
      `${host} has no address (${code})`,
      `make an A record of ${host} that holds your server's address, then look: dig +short '${host}'`,
    ];
  }
  return [
    `the address of ${host} could not be looked up (${code})`,
    "see whether names are resolved on this machine at all: getent hosts example.com",
  ];
}

export function reachWords({ host, port }: Endpoint, code: string): Words {
  if (isLoopbackHost(`${host.includes(":") ? `[${host}]` : host}:${port}`)) {
    return [
      code === "ECONNREFUSED"
        ? `nothing listens on ${host}:${port} (${code})`
        : `${host}:${port} cannot be reached (${code})`,
      "on this PC, start what should listen there: for a relay npm run relay in a checkout, else systemctl start ora-relay",
      `and see what listens: ss -ltnp 'sport = :${port}'`,
      "or tell the node where it is: ORA_RELAY_URL=wss://relay.example",
    ];
  }
  if (code === "ECONNREFUSED") {
    return [
      `nothing listens on ${host}:${port} (${code})`,
      `on the server, see what listens: ss -ltnp 'sport = :${port}'`,
      "and start what should: systemctl status ora-relay caddy nginx, or docker compose ps",
    ];
  }
  return [
    `${host}:${port} cannot be reached (${code})`,
    `on the server, let the port in: ufw allow ${port}/tcp, and in the firewall of whoever rents it to you`,
    `see that the name leads to that server: dig +short ${host}`,
  ];
}

const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet: this machine's clock may be wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is signed by itself alone",
  SELF_SIGNED_CERT_IN_CHAIN: "is of an authority that this machine does not know",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is of an authority that this machine does not know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "comes without its chain, or is of an authority that this machine does not know",
};

const OWN_AUTHORITY = "or, for an authority of your own, on each PC: NODE_EXTRA_CA_CERTS=/path/to/ca.pem";

const NO_TLS = /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG))$/;

/** Whether a code is about a certificate at all. */
export function isCertificateCode(code: string): boolean {
  return Object.hasOwn(CERTIFICATES, code);
}

export function certificateWords(host: string, code: string): string {
  const words = CERTIFICATES[code];
  if (words !== undefined) return `the certificate of ${host} ${words}`;
  if (NO_TLS.test(code)) return `${host} does not speak TLS there (${code})`;
  return `TLS with ${host} fails (${code})`;
}

export function certificateAdvice(host: string, port: number, code: string): string[] {
  if (code === "CERT_HAS_EXPIRED") {
    return ["on the server, renew it: certbot renew, or systemctl restart caddy (Caddy renews by itself)"];
  }
  if (code === "CERT_NOT_YET_VALID") return ["set the clock: timedatectl set-ntp true"];
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return [
      `see its names: openssl s_client -connect ${host}:${port} -servername ${host} </dev/null | openssl x509 -noout -ext subjectAltName`,
      `get one for this name: certbot certonly -d ${host}; and see server_name in your web server's file`,
    ];
  }
  if (code === "UNABLE_TO_VERIFY_LEAF_SIGNATURE") {
    return ["give the web server the whole chain: fullchain.pem in place of cert.pem", OWN_AUTHORITY];
  }
  if (isCertificateCode(code)) {
    return ["get a certificate that everybody trusts: Caddy and certbot do that for nothing", OWN_AUTHORITY];
  }
  if (NO_TLS.test(code))
    return [`say http:// where it is meant, or put a web server with TLS on port ${port}`];
  return [`look closer: openssl s_client -connect ${host}:${port} -servername ${host} </dev/null`];
}

/** What a web server's status in place of a WebSocket means. */
export function statusWords(status: number): Words {
  const said = `HTTP ${status} came in place of a WebSocket`;
  if (status === 502 || status === 503 || status === 504) {
    return [
      `${said}: the web server does not reach the relay, or the relay is full`,
      "on the server: systemctl status ora-relay, and curl http://127.0.0.1:9010/health",
    ];
  }
  if (status === 301 || status === 302 || status === 307 || status === 308) {
    return [`${said}: the web server sends everybody elsewhere`, "use the address that it leads to"];
  }
  if (status === 403 || status === 401) {
    return [`${said}: something in front of the relay wants a login`, "let /ws/ through without one"];
  }
  return [
    `${said}: what stands in front of the relay does not pass the upgrade on, or this is no relay`,
    "nginx: proxy_http_version 1.1, and the headers Upgrade and Connection; see relay/deploy/nginx/ora-relay.conf",
  ];
}
