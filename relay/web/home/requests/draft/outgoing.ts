/**
 * A draft as it goes out: method, path, header pairs and a body of known size. Headers that a person wrote win over those
 * that are added here.
 */
import { filledHeaders } from "./check-draft.ts";
import { type BodyDraft, filled, type RequestDraft } from "./draft.ts";
import { multipartBlob, randomBoundary } from "./multipart.ts";
import { tidyPath } from "./tidy-path.ts";

export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined: none at all, which is not the same as an empty one. */
  readonly body: Blob | undefined;
}

export interface EncodedBody {
  readonly blob: Blob;
  /** The type to name where the person named none. */
  readonly type: string;
}

export function outgoing(draft: RequestDraft, boundary: string = randomBoundary()): Outgoing {
  const own = filledHeaders(draft);
  const body = encodedBody(draft.body, boundary);
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  const added: [string, string][] = [];
  if (!names.has("accept")) added.push(["Accept", "*/*"]);
  if (body !== undefined) {
    if (!names.has("content-type")) added.push(["Content-Type", body.type]);
    // A body whose length is not told goes out in chunks, which some small servers do not read.
    if (!names.has("content-length")) added.push(["Content-Length", String(body.blob.size)]);
  }
  return {
    method: draft.method,
    path: tidyPath(draft.path),
    headers: [...own, ...added],
    body: body?.blob,
  };
}

function encodedBody(body: BodyDraft, boundary: string): EncodedBody | undefined {
  switch (body.kind) {
    case "none":
      return undefined;
    case "json":
      return { blob: new Blob([body.json]), type: "application/json" };
    case "text":
      return { blob: new Blob([body.text]), type: "text/plain;charset=UTF-8" };
    case "form": {
      const fields = filled(body.fields);
      if (fields.some(({ file }) => file !== undefined)) {
        return { blob: multipartBlob(fields, boundary), type: `multipart/form-data; boundary=${boundary}` };
      }
      return { blob: new Blob([urlEncoded(body)]), type: "application/x-www-form-urlencoded" };
    }
    case "file": {
      const { file = new Blob() } = body;
      return { blob: file, type: file.type === "" ? "application/octet-stream" : file.type };
    }
  }
}

export function urlEncoded({ fields }: BodyDraft): string {
  return new URLSearchParams(filled(fields).map(({ name, value }) => [name, value])).toString();
}
