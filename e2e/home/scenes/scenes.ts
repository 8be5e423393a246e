/** Every scene of the home page, by language, as the page itself would make it. */
import type { Page } from "playwright-core";
import type { ProblemCode } from "#shared/client/problem.ts";
import { english } from "../../../relay/web/home/texts/en.ts";
import { japanese } from "../../../relay/web/home/texts/ja.ts";
import type { Language } from "../../../relay/web/home/texts/language.ts";
import type { HomeView, PcView, Scene } from "../../../relay/web/home/view/home-view.ts";
import type { PairTrouble } from "../../../relay/web/home/view/pair-trouble.ts";
import { type PcFacts, pcView } from "../../../relay/web/home/view/pc-view.ts";

export interface HomeScene {
  readonly name: string;
  readonly view: Omit<HomeView, "texts">;
  readonly act?: (page: Page) => Promise<void>;
}

/** A working day, 15:00. */
const NOW = new Date(2026, 10, 24, 15, 0).getTime();
const MINUTE_MS = 60_000;
const SINCE = NOW - 58 * MINUTE_MS;
const LONG_AGO = NOW - 16 * 60 * MINUTE_MS;
/** So far away that the seconds do not run in a picture. */
const RETRY_AT = 0;
const NODE_ID = "a".repeat(52);

export function homeScenes(language: Language): HomeScene[] {
  const texts = language === "ja" ? japanese : english;
  const names =
    language === "ja"
      ? ["仕事場の PC", "実験室サーバー", "古いノート PC"]
      : ["Studio PC", "Lab server", "Old laptop"];
  const [studio = "", lab = "", old = ""] = names;
  let count = 0;
  const pc = (facts: Partial<PcFacts>, place: { isOnline?: boolean; isSecure?: boolean } = {}): PcView => {
    const { isOnline = true, isSecure = true } = place;
    count += 1;
    return pcView(
      {
        id: String(count),
        nodeId: NODE_ID,
        label: undefined,
        nodeName: studio,
        isPending: false,
        session: { status: "connected", since: SINCE },
        api: { isUp: true, since: SINCE },
        apps: "https://*.relay.example",
        opening: false,
        openTrouble: undefined,
        ...facts,
      },
      { texts, now: NOW, isOnline, isSecure },
    );
  };
  const waiting = (code: Parameters<typeof problem>[0], since = SINCE) => ({ session: problem(code, since) });
  const view = (part: Partial<Omit<HomeView, "texts">>): Omit<HomeView, "texts"> => ({
    language,
    pcs: [pc({})],
    isUnread: false,
    scene: { at: "list" },
    notices: [],
    relayHost: "relay.example",
    canInstall: false,
    ...part,
  });
  const scene = (name: string, at: Scene, part: Partial<Omit<HomeView, "texts">> = {}): HomeScene => ({
    name,
    view: view({ scene: at, ...part }),
  });
  const failed = (name: string, trouble: PairTrouble, code: ProblemCode, isUnspent = false) =>
    scene(name, { at: "failed", trouble: { trouble, code }, isUnspent });
  const deviceName = texts.deviceNames.android;
  const shown = pc({});
  return [
    {
      name: "list",
      view: view({
        canInstall: true,
        pcs: [
          pc({}),
          pc({ nodeName: lab, api: { isUp: false, since: SINCE } }),
          pc({ nodeName: old, ...waiting("node_sleeping", LONG_AGO) }),
        ],
      }),
    },
    { name: "list-empty", view: view({ pcs: [] }) },
    {
      name: "list-unread",
      view: view({ pcs: [], isUnread: true }),
    },
    { name: "list-loading", view: view({ pcs: undefined }) },
    {
      name: "list-connecting",
      view: view({
        pcs: [
          pc({ session: { status: "connecting", since: SINCE } }),
          pc({ nodeName: lab, isPending: true, session: { status: "connecting", since: SINCE } }),
        ],
      }),
    },
    {
      name: "list-relay-gone",
      view: view({
        pcs: [pc(waiting("relay_unreachable")), pc({ nodeName: lab, ...waiting("relay_restarting") })],
      }),
    },
    { name: "list-offline", view: view({ pcs: [pc(waiting("relay_unreachable"), { isOnline: false })] }) },
    {
      name: "list-pc-gone",
      view: view({
        pcs: [
          pc(waiting("node_offline")),
          pc({ nodeName: lab, ...waiting("node_stopped") }),
          pc({ nodeName: old, ...waiting("maybe_revoked") }),
        ],
      }),
    },
    {
      name: "list-revoked",
      view: view({
        pcs: [
          pc({ session: { status: "revoked", since: SINCE, problem: { code: "revoked" } } }),
          pc({ nodeName: lab, ...waiting("not_authentic") }),
        ],
      }),
    },
    { name: "list-apps-off", view: view({ pcs: [pc({ apps: undefined })] }) },
    {
      name: "list-open-failed",
      view: view({ pcs: [pc({ openTrouble: "no_answer" }), pc({ nodeName: lab, opening: true })] }),
    },
    {
      name: "list-plain-http",
      view: view({
        notices: [{ kind: "plain_http" }],
        pcs: [pc({}, { isSecure: false })],
        relayHost: "192.168.1.20:9010",
      }),
    },
    {
      name: "list-not-kept",
      view: view({
        notices: [{ kind: "not_kept", why: "full" }, { kind: "damaged", count: 2 }, { kind: "outdated" }],
      }),
    },
    {
      name: "list-hostile",
      view: view({
        pcs: [
          pc({ nodeName: "<img src=x onerror=alert(1)>" }),
          pc({ nodeName: "\u202eevil\u202c PC" }),
          pc({ nodeName: "W".repeat(100) }),
          pc({ nodeName: "ﷺ".repeat(40), ...waiting("node_offline") }),
        ],
      }),
    },
    scene("add", { at: "add", scanner: "ready" }),
    scene("add-insecure", { at: "add", scanner: "insecure" }),
    scene("code", { at: "code", deviceName }),
    scene("code-wrong", { at: "code", deviceName, trouble: { trouble: "no_code", code: "bad_code" } }),
    scene("question", { at: "question", deviceName, isKept: true }),
    scene("question-known", { at: "question", deviceName, isKept: false, knownAs: studio }),
    scene("elsewhere", { at: "elsewhere", host: "other.example:8443" }),
    scene("pairing", { at: "pairing" }),
    scene("pairing-check", { at: "pairing", checkNumber: "4821", pcName: studio }),
    scene("paired", { at: "paired", id: shown.id, checkNumber: "4821", isKept: false }, { pcs: [shown] }),
    failed("failed-used", "code_used", "code_used"),
    failed("failed-full", "pc_full", "devices_full"),
    failed("failed-offline", "offline", "relay_unreachable", true),
    failed("failed-unconfirmed", "unconfirmed", "pairing_unconfirmed"),
    scene("pc", { at: "pc", id: shown.id, deviceName }, { pcs: [shown] }),
    {
      ...scene("pc-forget", { at: "pc", id: shown.id, deviceName }, { pcs: [shown] }),
      act: async (page) => {
        await page.getByRole("button", { name: texts.pc.forget }).click();
        // With the pointer on it, too, its words can be read.
        await page.getByRole("dialog").getByRole("button").last().hover();
      },
    },
  ];
}

function problem(
  code: NonNullable<Extract<PcFacts["session"], { status: "waiting" }>>["problem"]["code"],
  since: number,
): PcFacts["session"] {
  return { status: "waiting", since, problem: { code }, retryAt: RETRY_AT };
}
