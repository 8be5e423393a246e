/** Certificates for tests, made by the openssl that is on the machine. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that signs itself, good for a day, and its key, in PEM. */
export function makeCertificate(directory: string, name: string): MadeCertificate {
  const [cert, key] = [join(directory, `${name}.made.crt`), join(directory, `${name}.made.key`)];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = [
    "-days",
    "1",
    "-subj",
    `/CN=${name}`,
    "-addext",
    `subjectAltName=DNS:${name},IP:127.0.0.1`,
  ];
  execFileSync("openssl", [...request, ...subject, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}
