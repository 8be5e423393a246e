/**
 * A form with files as one Blob (RFC 7578), spelled as browsers do. Files are referred to and not read, so a form with a
 * video takes no memory; its size is known before it is sent.
 */
import type { FormField } from "./draft.ts";

const CRLF = "\r\n";

export function multipartBlob(fields: readonly FormField[], boundary: string): Blob {
  const parts: BlobPart[] = [];
  for (const { name, value, file } of fields) {
    const disposition = `--${boundary}${CRLF}Content-Disposition: form-data; name="${escaped(lines(name))}"`;
    if (file === undefined) parts.push(`${disposition}${CRLF}${CRLF}`, lines(value), CRLF);
    else {
      const type = file.type === "" ? "application/octet-stream" : file.type;
      const about = `; filename="${escaped(file.name)}"${CRLF}Content-Type: ${type}${CRLF}${CRLF}`;
      parts.push(disposition, about, file, CRLF);
    }
  }
  parts.push(`--${boundary}--${CRLF}`);
  return new Blob(parts);
}

/** Nobody can write a part that ends early: it would have to guess this. */
export function randomBoundary(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return `----ora${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function lines(text: string): string {
  return text.replace(/\r\n|\r|\n/g, CRLF);
}

function escaped(text: string): string {
  return text.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
