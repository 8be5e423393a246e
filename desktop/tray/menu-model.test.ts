import { describe, expect, it } from "vitest";
import { type AppState, firstState, nextAppState } from "./app-state.ts";
import { MAX_MENU_DEVICES, type MenuItem, menuModel } from "./menu-model.ts";
import { running, SAMPLE_NOW, sampleDevice, sampleNode } from "./testing/sample-state.ts";
import { textsIn } from "./texts/choose-texts.ts";
import type { TrayCommand } from "./tray-command.ts";

const options = { texts: textsIn("en"), now: SAMPLE_NOW, timeZone: "UTC", version: "1.0.0" };
const menu = (state: AppState, language: "en" | "ja" = "en") =>
  menuModel(state, { ...options, texts: textsIn(language) });

function labels(items: readonly MenuItem[]): string[] {
  return items.flatMap((item) => {
    if (item.kind === "separator") return [];
    return [item.label, ...(item.kind === "submenu" ? labels(item.items) : [])];
  });
}

function commands(items: readonly MenuItem[]): TrayCommand[] {
  return items.flatMap((item) => {
    if (item.kind === "submenu") return commands(item.items);
    return item.kind === "action" || item.kind === "check" ? [item.command] : [];
  });
}

function submenu(items: readonly MenuItem[], label: RegExp): readonly MenuItem[] {
  const found = items.find((item) => item.kind === "submenu" && label.test(item.label));
  return found?.kind === "submenu" ? found.items : [];
}

describe("the menu", () => {
  it("says first how things stand, and offers everything the app can do", () => {
    const items = menu(
      nextAppState(
        running({ devices: [sampleDevice()] }),
        { kind: "starts_at_login", on: false },
        SAMPLE_NOW,
      ),
    );
    expect(items[0]).toEqual({ kind: "text", label: "Connected through relay.example since 06:12." });
    expect(new Set(commands(items).map(({ name }) => name))).toEqual(
      new Set([
        "show_code",
        "new_code",
        "copy_link",
        "rename",
        "open_settings",
        "set_read_only",
        "revoke",
        "revoke_all",
        "open_activity",
        "pause",
        "set_start_at_login",
        "open_logs",
        "check_for_update",
        "quit",
      ]),
    );
  });

  it("names the broken hop, since when, and leads to what mends it", () => {
    const outage = { code: "relay_refused", detail: "4401", since: SAMPLE_NOW - 3_600_000 } as const;
    const [title, chain, advice] = menu(
      running({ relay: { kind: "waiting", until: SAMPLE_NOW + 1, outage } }),
    );
    expect(title).toEqual({
      kind: "text",
      label: "No connection to relay.example since 05:13: it does not accept this PC (4401).",
    });
    expect(chain).toEqual({ kind: "text", label: "○ Phone – ◇ Relay – ● PC – ● App" });
    expect(advice).toMatchObject({ command: { name: "open_settings", section: "relay" } });
  });

  it("lists devices with their presence, what can be done with each, and plaintext sessions as such", () => {
    const items = menu(
      running({
        devices: [
          sampleDevice(),
          sampleDevice({
            id: "b2222222",
            name: "Old",
            isConnected: false,
            lastSeen: SAMPLE_NOW - 86_400_000,
          }),
        ],
        plaintext: [{ id: "s1", peer: "203.0.113.7", since: 0, expiresAt: 9 }],
      }),
    );
    const devices = submenu(items, /Devices/);
    expect(labels(devices)).toEqual([
      "Pixel 9 – connected",
      "Rename…",
      "Read only",
      "Revoke Pixel 9…",
      "Old – last seen 14 Nov, 06:13",
      "Rename…",
      "Read only",
      "Revoke Old…",
      "203.0.113.7 – not encrypted",
      "End this session",
    ]);
    expect(commands(submenu(devices, /Old/))).toContainEqual({ name: "revoke", device: "b2222222" });
    expect(commands(submenu(devices, /Old/))).toContainEqual({ name: "rename", device: "b2222222" });
  });

  it("keeps to so many devices, and says how many more there are", () => {
    const many = (count: number) =>
      submenu(
        menu(
          running({
            devices: Array.from({ length: count }, (_, i) => sampleDevice({ id: `d${i}`, name: `${i}` })),
          }),
        ),
        /Devices/,
      );
    expect(many(MAX_MENU_DEVICES)).toHaveLength(MAX_MENU_DEVICES);
    const over = many(MAX_MENU_DEVICES + 1);
    expect(over).toHaveLength(MAX_MENU_DEVICES + 1);
    expect(over.at(-1)).toMatchObject({ label: "1 more in Settings…", command: { section: "devices" } });
  });

  it("shows names that mean harm as one short plain line", () => {
    const hostile = [
      "\u202Eevil\u0007\n<b>&File\u200B",
      "x".repeat(10_000),
      "<img src=x onerror=alert(1)>",
      "a\u0301\u0301\u0301\u0301\u0301",
      "",
    ];
    for (const name of hostile) {
      for (const label of labels(menu(running({ devices: [sampleDevice({ name })] })))) {
        expect(label).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(label.length).toBeLessThan(200);
        expect(label.replaceAll("&&", "")).not.toContain("&");
      }
    }
  });

  it("puts whoever waits for an answer on top", () => {
    const question = { id: 1, name: "Tom & Co", client: "ora/1", via: "code", checkNumber: "1234" } as const;
    const items = menu(running({ questions: [question] }));
    expect(labels(items)[0]).toBe("A device asks to be let in.");
    expect(labels(items)).toContain("Tom && Co asks to be let in…");
  });

  it("has a sentence for whatever the relay and its clock come to, with none of the relay's words in it", () => {
    const heard = [
      { kind: "clock_doubtful", aheadMs: -3 * 86_400_000 },
      { kind: "relay_named_otherwise", url: `https://${"r".repeat(200)}.example/CALL-555-0100` },
      { kind: "old_relay" },
      { kind: "enroll_key_withheld" },
    ] as const;
    for (const language of ["en", "ja"] as const) {
      let state = running();
      for (const event of heard) state = nextAppState(state, { kind: "core", event }, SAMPLE_NOW);
      const items = menu(state, language);
      const notes = labels(items).slice(2, 2 + heard.length);
      expect(notes[0]).toContain(language === "en" ? "3 days apart" : "3 日ずれて");
      expect(notes[1]).toContain("rrr…rrr");
      for (const note of notes) expect(note).toMatch(language === "en" ? /^[A-Z].*\.$/ : /。$/);
      expect(labels(items).join()).not.toContain("CALL");
    }
  });

  it("offers Resume while paused, and revoking goes on", () => {
    const paused = nextAppState(
      running(),
      { kind: "paused", node: sampleNode({ devices: [sampleDevice()] }) },
      SAMPLE_NOW,
    );
    const all = commands(menu(paused)).map(({ name }) => name);
    expect(all).toContain("resume");
    expect(all).not.toContain("pause");
    expect(all).toContain("revoke");
    expect(labels(menu(paused))).toContain("Pixel 9 – last seen 06:13");
  });

  it("leads to the relay's address when there is none", () => {
    const items = menu(nextAppState(firstState(0), { kind: "no_relay" }, SAMPLE_NOW));
    expect(items[0]).toMatchObject({ label: "No relay is set up yet." });
    expect(commands(items)[0]).toEqual({ name: "open_settings", section: "relay" });
  });

  it("tells of a newer release and of what could not be stored", () => {
    let state = nextAppState(running(), { kind: "update_available", version: "1.2.0" }, SAMPLE_NOW);
    state = nextAppState(
      state,
      { kind: "core", event: { kind: "store_failed", error: new Error("secret") } },
      SAMPLE_NOW,
    );
    const text = labels(menu(state));
    expect(text).toContain("Get version 1.2.0…");
    expect(text).toContain("A change could not be stored. It is lost when ORA ends.");
    expect(text.join()).not.toContain("secret");
  });

  it("has the same items in every language", () => {
    const states = [
      running({ devices: [sampleDevice()] }),
      firstState(0),
      nextAppState(running(), { kind: "blocked", code: "keychain_missing" }, SAMPLE_NOW),
    ];
    for (const state of states) {
      expect(commands(menu(state, "ja"))).toEqual(commands(menu(state)));
      expect(labels(menu(state, "ja"))).not.toEqual(labels(menu(state)));
    }
  });
});
