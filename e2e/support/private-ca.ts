/** A certificate authority of a test's own, made by the openssl that is on the machine. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export interface Certificate {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
}

export interface PrivateCa extends Certificate {
  /** For these DNS names and IP addresses; `days` from now, below 0: it has expired. */
  issue(name: string, subjects: readonly string[], options?: { days?: number }): Certificate;
}

export function makePrivateCa(directory: string): PrivateCa {
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: directory, encoding: "utf8", stdio: "pipe" });
  const [cert, key] = [join(directory, "ca.crt"), join(directory, "ca.key")];
  openssl("req", "-x509", ...EC, "-days", "30", "-subj", "/CN=ORA test CA", "-keyout", key, "-out", cert);
  return {
    cert,
    key,
    issue(name, subjects, { days = 30 } = {}) {
      const [request, issued, ownKey] = ["csr", "crt", "key"].map((end) =>
        join(directory, `${name}.${end}`),
      ) as [string, string, string];
      const names = subjects
        .map((subject) => `${/^[\d.]+$/.test(subject) ? "IP" : "DNS"}:${subject}`)
        .join(",");
      const extension = ["-addext", `subjectAltName=${names}`];
      openssl("req", ...EC, "-subj", "/CN=ORA test", "-keyout", ownKey, "-out", request, ...extension);
      const signing = ["x509", "-req", "-in", request, "-CA", cert, "-CAkey", key, "-CAcreateserial"];
      const rest = ["-copy_extensions", "copy", "-out", issued];
      try {
        openssl(...signing, "-days", String(days), ...rest);
      } catch (error) {
        if (days >= 0) throw error;
        // OpenSSL from 3.4 on wants both ends of a time that is over.
        openssl(...signing, "-not_before", day(days - 1), "-not_after", day(days), ...rest);
      }
      return { cert: issued, key: ownKey };
    },
  };
}

/** So many days from now, as OpenSSL writes it. */
function day(offset: number): string {
  const date = new Date(Date.now() + offset * 86_400_000).toISOString();
  return `${date.replace(/[-:T]/g, "").slice(0, 14)}Z`;
}
