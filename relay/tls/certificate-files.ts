/**
 * The certificate and key of a relay that speaks TLS itself. They are read again when the files change, so a renewed
 * certificate is served without a restart; a pair that does not fit together, as in the moment between two renamed
 * files, changes nothing and is looked at again.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server } from "node:tls";
import type { Clock } from "../clock.ts";
import { FileWatch } from "../file-watch.ts";
import type { Log } from "../log.ts";

/** How often the files are looked at. Milliseconds. */
export const CERTIFICATE_CHECK_MS = 5_000;

export type CertificateProblem =
  | "certificate_unreadable"
  | "certificate_bad"
  | "key_unreadable"
  | "key_bad"
  | "key_of_another";

/** The message names the file and what is wrong with it; nothing of the key is in it. */
export class CertificateError extends Error {
  readonly code: CertificateProblem;

  constructor(code: CertificateProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CertificateError";
    this.code = code;
  }
}

export interface CertificatePaths {
  /** PEM, the server's certificate first and its chain after it. */
  readonly cert: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

export class CertificateFiles {
  private readonly watch: FileWatch;
  private readonly log: Log;
  private problem = "";

  constructor(options: { clock: Clock; log: Log; paths: CertificatePaths; server: Server }) {
    const { clock, log, paths, server } = options;
    this.log = log;
    this.watch = new FileWatch({
      clock,
      paths: [paths.cert, paths.key],
      everyMs: CERTIFICATE_CHECK_MS,
      changed: async () => {
        const { cert, key, expiresAt } = await readPair(paths);
        server.setSecureContext({ cert, key });
        this.problem = "";
        this.log.info({ expires: new Date(expiresAt).toISOString() }, "certificate in use");
      },
      failed: (error) => this.failed(error),
    });
  }

  /**
   * Gives the server its certificate, and a new one whenever the files change.
   * @throws {CertificateError} when there is none to begin with.
   */
  start(): Promise<void> {
    return this.watch.start();
  }

  stop(): void {
    this.watch.stop();
  }

  private failed(error: unknown): void {
    const problem = error instanceof CertificateError ? error.code : "certificate_unreadable";
    // Once, not at every look.
    if (problem !== this.problem) this.log.error({ problem }, "certificate not renewed");
    this.problem = problem;
  }
}

async function readPair(paths: CertificatePaths): Promise<Pair> {
  const cert = await read(paths.cert, "certificate_unreadable");
  const key = await read(paths.key, "key_unreadable");
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw new CertificateError("certificate_bad", `${paths.cert} is not a certificate in PEM form`);
  }
  const privateKey = readKey(key, paths.key);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateError(
      "key_of_another",
      `${paths.key} is not the key of the certificate ${paths.cert}`,
    );
  }
  return { cert, key, expiresAt: Date.parse(certificate.validTo) };
}

async function read(path: string, code: CertificateProblem): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new CertificateError(code, `${path} cannot be read (${reason})`, { cause: error });
  });
}

function readKey(pem: Buffer, path: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    // No cause: what OpenSSL says may quote what it read.
    throw new CertificateError("key_bad", `${path} is not a private key in PEM form without a password`);
  }
}
