/** The head of an answer as this page reads it: values by name, and what they say about the body. */
import type { HeaderPairs } from "#shared/mux/heads.ts";

export interface AnswerHead {
  readonly status: number;
  /** As the API sent them. */
  readonly headers: HeaderPairs;
  readonly type: string | undefined;
  /** Bytes that were announced, if they are those that will be read. */
  readonly length: number | undefined;
  readonly disposition: string | undefined;
  /** How the body is packed, where this page unpacks it. */
  readonly packing: CompressionFormat | undefined;
  /** Why the PC refused the request before its app saw it. */
  readonly refusal: string | undefined;
}

const PACKINGS: Readonly<Record<string, CompressionFormat>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};
const REFUSED_HEADER = "x-ora-refused";

export function answerHead(status: number, headers: HeaderPairs): AnswerHead {
  const value = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const packing = PACKINGS[value("content-encoding")?.trim().toLowerCase() ?? ""];
  const length = /^\d{1,15}$/.exec(value("content-length")?.trim() ?? "")?.[0];
  return {
    status,
    headers,
    type: value("content-type"),
    length: length === undefined || packing !== undefined ? undefined : Number(length),
    disposition: value("content-disposition"),
    packing,
    refusal: value(REFUSED_HEADER),
  };
}
