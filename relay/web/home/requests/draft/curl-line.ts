/**
 * A draft as a curl command for a POSIX shell, aimed at `ora-connect` on the machine where it is pasted. Everything that
 * was typed stands in single quotes, so nothing in it is ever run; files are named as they are called on this device.
 */
import { filledHeaders } from "./check-draft.ts";
import { type BodyDraft, filled, type RequestDraft } from "./draft.ts";
import { urlEncoded } from "./outgoing.ts";
import { tidyPath } from "./tidy-path.ts";

/** Where `ora-connect` listens when nobody says otherwise. */
export const CONNECT_ORIGIN = "http://127.0.0.1:9020";
/** What curl must say by itself. */
const LEFT_OUT = /^(host|content-length|connection|transfer-encoding)$/i;

export function curlLine(draft: RequestDraft, origin: string = CONNECT_ORIGIN): string {
  const { method, body } = draft;
  const path = tidyPath(draft.path);
  const headers = filledHeaders(draft).filter(([name]) => !LEFT_OUT.test(name));
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const { before, words, type } = bodyWords(body);
  if (type !== undefined && !names.has("content-type")) headers.push(["Content-Type", type]);

  const line = ["curl"];
  if (method === "HEAD" && words.length === 0) line.push("--head");
  else if (method !== "GET" || words.length > 0) line.push("--request", quoted(method));
  if (/event-stream/i.test(headers.find(([name]) => name.toLowerCase() === "accept")?.[1] ?? "")) {
    line.push("--no-buffer");
  }
  // `Name;` is how curl sends a header without a value; `Name:` would take it out.
  for (const [name, value] of headers) {
    line.push("--header", quoted(value.trim() === "" ? `${name};` : `${name}: ${value}`));
  }
  line.push(...words);
  // A path may hold [ ] and { }, which curl would take for lists, and dots, which it would tidy up.
  line.push("--globoff");
  if (/\/\.{1,2}(\/|\?|$)/.test(path)) line.push("--path-as-is");
  line.push(quoted(`${origin}${path}`));
  return before + line.join(" ");
}

interface BodyWords {
  /** What is piped into curl. */
  readonly before: string;
  readonly words: readonly string[];
  /** The type to name; undefined where curl names it. */
  readonly type?: string;
}

function bodyWords(body: BodyDraft): BodyWords {
  switch (body.kind) {
    case "none":
      return { before: "", words: [] };
    case "json":
      return { ...textWords(body.json), type: "application/json" };
    case "text":
      return { ...textWords(body.text), type: "text/plain;charset=UTF-8" };
    case "form": {
      const fields = filled(body.fields);
      if (!fields.some(({ file }) => file !== undefined)) return textWords(urlEncoded(body));
      const words = fields.flatMap(({ name, value, file }) =>
        file === undefined
          ? ["--form-string", quoted(`${name}=${value}`)]
          : ["--form", quoted(`${name}=@"${file.name.replace(/["\\]/g, "\\$&")}"`)],
      );
      return { before: "", words };
    }
    case "file": {
      const { name = "", type = "" } = body.file ?? {};
      const words = ["--data-binary", quoted(`@./${name}`)];
      return { before: "", words, type: type === "" ? "application/octet-stream" : type };
    }
  }
}

/** No argument can hold a NUL, so a text with one comes through a pipe. */
function textWords(text: string): Pick<BodyWords, "before" | "words"> {
  if (!text.includes("\0")) return { before: "", words: ["--data-raw", quoted(text)] };
  const format = text.replaceAll("\\", "\\\\").replaceAll("%", "%%").replaceAll("\0", "\\000");
  return { before: `printf ${quoted(format)} | `, words: ["--data-binary", "@-"] };
}

function quoted(text: string): string {
  return `'${text.replaceAll("\0", "").replaceAll("'", "'\\''")}'`;
}
