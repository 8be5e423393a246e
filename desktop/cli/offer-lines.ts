/**
 * What is on offer, as lines for a terminal: the whole of it, with the QR code and what to paste, and the few lines
 * that tell of codes which have changed. `pairing_link=`, `pairing_code=` and `encrypted_pairing_code=` stand at the
 * beginning of lines of their own: scripts look for them.
 */
import QRCode from "qrcode";
import { isLoopbackHost } from "../core/loopback.ts";
import type { OfferView } from "../core/pairing/offer-book.ts";
import { connectLine, pairLine, requestLine } from "./paste-lines.ts";
import type { ProgramNames } from "./program-names.ts";

/** Draw the QR code; with colours, so that it can be scanned on any background. */
export type QrStyle = "colour" | "plain" | "none";

export interface Offers {
  readonly view: OfferView;
  readonly link: string | undefined;
  /** `http(s)://…`, as clients reach the relay. */
  readonly relay: string;
}

export interface OfferLinesOptions extends Offers {
  readonly now: number;
  readonly qr: QrStyle;
  readonly names: ProgramNames;
}

interface Item {
  readonly text: string;
  readonly expiresAt: number;
}

/** The lines that scripts look for, each with its end. */
export function offeredItems({ view: { link: shown, typed, plaintext }, link }: Offers): Item[] {
  const typedName = plaintext === undefined ? "pairing_code" : "encrypted_pairing_code";
  return [
    ...(link === undefined || shown === undefined
      ? []
      : [{ text: `pairing_link=${link}`, expiresAt: shown.expiresAt }]),
    ...(typed === undefined ? [] : [{ text: `${typedName}=${typed.code}`, expiresAt: typed.expiresAt }]),
    ...(plaintext === undefined
      ? []
      : [{ text: `pairing_code=${plaintext.code}`, expiresAt: plaintext.expiresAt }]),
  ];
}

function secondsLeft(expiresAt: number, now: number): number {
  return Math.max(0, Math.round((expiresAt - now) / 1000));
}

async function drawn(link: string, qr: QrStyle): Promise<string[]> {
  if (qr === "none") return [];
  const text = await QRCode.toString(link, {
    errorCorrectionLevel: "L",
    ...(qr === "colour" ? { type: "terminal", small: true } : { type: "utf8" }),
  });
  return [...text.split("\n").filter((line) => line.trim() !== ""), ""];
}

/** Everything, the encrypted way first. Empty when there is nothing. */
export async function offerLines(options: OfferLinesOptions): Promise<string[]> {
  const { view, link, relay, now, qr, names } = options;
  const { typed, plaintext, typedIsPaused } = view;
  const items = offeredItems(options);
  if (items.length === 0 && !typedIsPaused) return [];
  const isPlaintext = ({ text }: Item) => text === `pairing_code=${plaintext?.code}`;
  const shown = ({ text, expiresAt }: Item, remark: string) => [
    text,
    `  for one use within ${secondsLeft(expiresAt, now)} s; ${remark}`,
  ];

  const lines = ["", ...(link === undefined ? [] : await drawn(link, qr))];
  for (const item of items.filter((item) => !isPlaintext(item))) lines.push(...shown(item, "encrypted"));
  const { hostname } = new URL(relay);
  const isHereAlone = isLoopbackHost(hostname);
  if (link !== undefined && isHereAlone) {
    lines.push(`  for programs and browsers of this PC: a phone does not find it at ${hostname}`);
  }
  if (typedIsPaused) lines.push(...pausedLines(names));
  const connect = connectLine({ program: names.connect, relay, code: typed?.code, link });
  if (connect !== undefined) {
    const where = isHereAlone ? " of this PC" : ", or from any machine that reaches the relay";
    lines.push("", `  Encrypted, from another terminal${where}:`, `  ${connect}`);
    lines.push("  and then, at the address that it prints: curl http://127.0.0.1:9020/");
  }
  const url = new URL(relay.replace(/^http/, "ws"));
  for (const item of items.filter(isPlaintext)) {
    lines.push("", ...shown(item, "not encrypted: the relay can read what passes"), "");
    lines.push("  Not encrypted, with curl and wscat:");
    lines.push(`  ${pairLine(url, plaintext?.code ?? "")}`, `  ${requestLine(url)}`);
  }
  return [...lines, ""];
}

/** What is not among `known`, without the QR code. Empty when nothing has changed. */
export function changedLines(options: OfferLinesOptions & { readonly known: ReadonlySet<string> }): string[] {
  const fresh = offeredItems(options).filter(({ text }) => !options.known.has(text));
  if (fresh.length === 0) return [];
  const end = Math.min(...fresh.map(({ expiresAt }) => expiresAt));
  return [`fresh, for one use within ${secondsLeft(end, options.now)} s:`, ...fresh.map(({ text }) => text)];
}

export function pausedLines({ node }: ProgramNames): string[] {
  return [
    "three wrong codes in a row: there is no code to type until you ask for one",
    `  (Enter in the node's terminal, or \`${node} pair\`); the link works`,
  ];
}
