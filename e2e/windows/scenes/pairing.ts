/** The pairing window's states. */
import type { PairingView } from "../../../desktop/windows/contract/pairing-view.ts";
import type { Language } from "../../../desktop/windows/contract/status-view.ts";
import type { Scene } from "../scenes.ts";
import { HOSTILE_NAMES } from "./hostile.ts";
import { NOW } from "./now.ts";
import { status } from "./status.ts";

const LINK =
  "https://relay.example/#P2.7K2M9QXW4T8RBC5H.MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIZDGNBVGY3Q.ABCDEFGHIJKLMNOPQRSTUVWXYZ";

export function pairingView(language: Language, change: Partial<PairingView> = {}): PairingView {
  return {
    language,
    platform: "linux",
    now: NOW,
    pcName: language === "ja" ? "書斎の PC" : "Studio PC",
    status: status(language, "connected"),
    hidden: false,
    typeAt: "relay.example",
    ttlMs: 120_000,
    link: { value: LINK, expiresAt: NOW + 87_000 },
    typed: { value: "K7QX-9M0T", expiresAt: NOW + 87_000 },
    typedIsPaused: false,
    questions: [],
    paired: [],
    ...change,
  };
}

/** A view without any offer. */
export function withoutCode(language: Language, change: Partial<PairingView>): PairingView {
  const { link: _link, typed: _typed, ...rest } = pairingView(language, change);
  return rest;
}

const question = {
  id: 1,
  name: "Pixel 9",
  client: "ORA web 1.0",
  via: "code",
  checkNumber: "4821",
  expiresAt: NOW + 74_000,
} as const;

export function pairingScenes(language: Language): readonly Scene<"pairing">[] {
  const scene = (name: string, view: PairingView | undefined): Scene<"pairing"> => ({
    name: `pairing-${name}`,
    window: "pairing",
    view,
  });
  const { typed: _typed, ...noTyped } = pairingView(language, { typedIsPaused: true });
  return [
    scene("loading", undefined),
    scene("code", pairingView(language)),
    scene("guesses", noTyped),
    scene(
      "plaintext",
      pairingView(language, { plaintext: { value: "7GQ2M-XK40R", expiresAt: NOW + 61_000 } }),
    ),
    scene("question", pairingView(language, { questions: [question] })),
    scene(
      "question-hostile",
      pairingView(language, {
        questions: [
          { ...question, name: HOSTILE_NAMES.long, client: HOSTILE_NAMES.markup, via: "link" },
          { ...question, id: 2 },
          { ...question, id: 3 },
        ],
      }),
    ),
    scene(
      "paired",
      pairingView(language, { paired: [{ device: "abcdefgh", name: "Pixel 9", checkNumber: "4821" }] }),
    ),
    scene("hidden", withoutCode(language, { hidden: true })),
    scene("no-code", withoutCode(language, {})),
    scene("connecting", withoutCode(language, { status: status(language, "connecting") })),
    scene("relay-down", withoutCode(language, { status: status(language, "relay_down") })),
    scene("no-relay", withoutCode(language, { status: status(language, "no_relay") })),
    scene("paused", withoutCode(language, { status: status(language, "paused") })),
    scene("api-down", pairingView(language, { status: status(language, "api_down") })),
    scene("long-pc-name", pairingView(language, { pcName: HOSTILE_NAMES.long })),
  ];
}
