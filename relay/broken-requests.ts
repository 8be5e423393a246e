/**
 * What is no request, or not in time: answered by its status where HTTP can be answered, counted, and cut. Other
 * protocols on this port, TLS on a plain one and plain HTTP on one with TLS, end here too.
 */
import { type Server, STATUS_CODES } from "node:http";
import { Server as TlsServer } from "node:tls";
import type { Metrics } from "./metrics/metrics.ts";

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

/** Codes that only say that the other side hung up. */
const HANG_UPS: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_EOF_STATE"]);

export function answerBroken(server: Server, metrics: Metrics): void {
  server.on("clientError", (error: Error & { code?: unknown }, stream) => {
    const code = String(error.code);
    const status = STATUS[code] ?? 400;
    if (!HANG_UPS.has(code)) metrics.refused(`http_${status}`);
    if (!stream.writable || stream.writableLength > 0) {
      stream.destroy();
      return;
    }
    const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, "Connection: close", "Content-Length: 0"];
    stream.end(`${lines.join("\r\n")}\r\n\r\n`, () => stream.destroy());
  });
  if (server instanceof TlsServer) server.on("tlsClientError", () => metrics.refused("tls_handshake"));
}
