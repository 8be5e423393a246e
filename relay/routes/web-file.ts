/** Answers with one built file: the compressed copy that the visitor takes, kept for ever or asked for anew each time. */
import type { Context } from "koa";
import type { WebFile } from "../web-files.ts";

/** Seconds: a year, the most that caches honour. */
const FOR_EVER = "public, max-age=31536000, immutable";
/** Kept, but asked for each time: a hash says whether it is still the one. */
const REVALIDATE = "no-cache";

/** Fills in an answer to GET or HEAD. The caller sets its policy headers. */
export function sendWebFile(context: Context, file: WebFile): void {
  context.status = 200;
  context.type = file.type;
  context.set({
    "Cache-Control": file.isImmutable ? FOR_EVER : REVALIDATE,
    "X-Content-Type-Options": "nosniff",
    // The hash is the content's, whichever way it is packed.
    ETag: file.etag,
    Vary: "Accept-Encoding",
  });
  if (context.fresh) {
    context.status = 304;
    return;
  }
  // The smaller first, whatever order the visitor writes them in.
  const encoding = (["br", "gzip"] as const).find(
    (name) => file[name] !== undefined && context.acceptsEncodings(name) === name,
  );
  if (encoding !== undefined) context.set("Content-Encoding", encoding);
  context.body = encoding === undefined ? file.identity : file[encoding];
}
