/** What one instance asks another that holds a key, decoded as what a stranger sent. */
import { isIP } from "node:net";
import { isFields } from "#shared/protocol/json-fields.ts";
import type { LinkHello } from "./cluster.ts";
import { MAX_ADDRESS_LENGTH } from "./cluster-limits.ts";
import { MAX_LINK_NUMBER } from "./frame.ts";
import { parseAddress } from "./neighbour.ts";

export type HolderQuestion =
  | { readonly is: "question"; readonly question: unknown }
  | { readonly is: "open"; readonly from: number; readonly link: number; readonly hello: LinkHello };

export function decodeHolderQuestion(words: unknown): HolderQuestion | undefined {
  if (!isFields(words)) return undefined;
  if (words.ask !== undefined) return { is: "question", question: words.ask };
  const from = parseAddress(words.from);
  const hello = decodeHello(words.open);
  const { link } = words;
  if (from === undefined || hello === undefined || !isLinkNumber(link)) return undefined;
  return { is: "open", from, link, hello };
}

function decodeHello(words: unknown): LinkHello | undefined {
  if (!isFields(words)) return undefined;
  const { kind, address, session } = words;
  if (kind !== "v2_client" && kind !== "v1_client") return undefined;
  // Empty where the socket was gone before it was asked.
  if (typeof address !== "string" || address.length > MAX_ADDRESS_LENGTH) return undefined;
  if (address !== "" && isIP(address) === 0) return undefined;
  if (session === undefined) return { kind, address };
  if (typeof session !== "string" || !/^[0-9a-f]{64}$/.test(session)) return undefined;
  return { kind, address, session };
}

function isLinkNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_LINK_NUMBER;
}
