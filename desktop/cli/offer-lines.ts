/** What is on offer, as lines for a terminal: the link, its QR code, and the codes. */
import QRCode from "qrcode";
import type { OfferView } from "../core/pairing/offer-book.ts";

export interface OfferLinesOptions {
  readonly view: OfferView;
  readonly link: string | undefined;
  readonly now: number;
  /** Draw the QR code; with colours, so that it can be scanned on any background. */
  readonly qr: "colour" | "plain" | "none";
}

/** `pairing_code=` stands at the beginning of a line of its own: scripts look for it. */
export async function offerLines({ view, link, now, qr }: OfferLinesOptions): Promise<string[]> {
  const { typed, plaintext, typedIsPaused } = view;
  const seconds = (expiresAt: number) => Math.max(0, Math.round((expiresAt - now) / 1000));
  const lines: string[] = [""];
  if (link !== undefined && qr !== "none") {
    const drawn = await QRCode.toString(link, {
      errorCorrectionLevel: "L",
      ...(qr === "colour" ? { type: "terminal", small: true } : { type: "utf8" }),
    });
    lines.push(...drawn.split("\n").filter((line) => line.trim() !== ""), "");
  }
  if (link !== undefined) lines.push(`pairing_link=${link}`);
  if (plaintext !== undefined) {
    lines.push(`pairing_code=${plaintext.code}`);
    lines.push(
      `  for one use within ${seconds(plaintext.expiresAt)} s; not encrypted: the relay can read what passes`,
    );
    if (typed !== undefined) {
      lines.push(`encrypted_pairing_code=${typed.code}`);
      lines.push(`  for one use within ${seconds(typed.expiresAt)} s; encrypted, as is the link`);
    }
  } else if (typed !== undefined) {
    lines.push(`pairing_code=${typed.code}`);
    lines.push(`  for one use within ${seconds(typed.expiresAt)} s; encrypted, as is the link`);
  }
  if (typedIsPaused) {
    lines.push("three wrong codes in a row: there is no code to type until you ask for one");
    lines.push("  (Enter in the node's terminal, or `ora-node pair`); the link works");
  }
  return lines.length > 1 ? [...lines, ""] : [];
}
