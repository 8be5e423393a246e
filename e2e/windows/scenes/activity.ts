/** Requests as a household's devices make them, the same ones each time. */
import type {
  ActivityView,
  CapturedSide,
  RequestRow,
} from "../../../desktop/windows/contract/activity-view.ts";
import type { Language } from "../../../desktop/windows/contract/status-view.ts";
import type { Answer } from "../fake-main.ts";
import { NOW } from "./now.ts";

const PATHS = [
  "/",
  "/assets/app.4f2a91.js",
  "/api/v1/photos?album=holidays&page=3",
  "/api/v1/photos/8841/original",
  "/api/v1/lights/kitchen",
  "/ws/events",
  "/api/v1/search?q=%E6%97%A5%E6%9C%AC",
  "/api/v1/backup/2026-03-10T13%3A20%3A00Z/parts/00000000000000000000000000000017",
] as const;
const DEVICES = ["Pixel 9", "iPad Küche", "ノートパソコン", "203.0.113.7"] as const;

export function requestRow(id: number, change: Partial<RequestRow> = {}): RequestRow {
  const path = PATHS[id % PATHS.length] ?? "/";
  const device = DEVICES[(id * 7) % DEVICES.length] ?? "";
  const isWebSocket = path.startsWith("/ws");
  const kind = id % 23;
  const outcome =
    kind === 5 ? "refused" : kind === 11 ? "failed" : kind === 22 || isWebSocket ? "open" : "done";
  return {
    id,
    device,
    plaintext: device.startsWith("203"),
    method: isWebSocket ? "GET" : id % 6 === 4 ? "POST" : "GET",
    path,
    isWebSocket,
    started: NOW - (300 - (id % 300)) * 2_000,
    outcome,
    ...(outcome === "done" && { status: kind === 7 ? 404 : kind === 13 ? 502 : kind === 3 ? 304 : 200 }),
    bytesIn: id % 6 === 4 ? 512 : 0,
    bytesOut: outcome === "refused" ? 0 : (id * 79_190) % 2_400_000,
    durationMs: (id * 131) % 1_900,
    ...change,
  };
}

export function activityView(language: Language, rows: number): ActivityView {
  return {
    kind: "whole",
    language,
    platform: "linux",
    now: NOW,
    capture: false,
    capacity: 10_000,
    rows: Array.from({ length: rows }, (_, id) => requestRow(id)),
  };
}

const REQUEST: CapturedSide = {
  headers: [
    ["accept", "application/json"],
    ["user-agent", "Mozilla/5.0 (Linux; Android 16; Pixel 9)"],
    ["x-ora-token", "••••••••"],
  ],
};
const RESPONSE: CapturedSide = {
  headers: [
    ["content-type", "application/json"],
    ["set-cookie", "session=1; Path=/; HttpOnly"],
  ],
  body: { text: '{\n  "photos": 17,\n  "album": "holidays"\n}', encoding: "utf8", truncated: false },
};

export function capturedAnswer(rows: readonly RequestRow[]): Answer {
  return (command) => {
    if (command.name !== "activityDetails") return { ok: true, value: undefined };
    const row = rows.find(({ id }) => id === command.input.id);
    if (row === undefined) return { ok: false, problem: "gone" };
    const request =
      row.bytesIn === 0 || row.isWebSocket
        ? REQUEST
        : { ...REQUEST, body: { text: '{"q":"日本"}', encoding: "utf8", truncated: false } as const };
    const { body: _body, ...bodiless } = RESPONSE;
    return { ok: true, value: { row, request, response: row.isWebSocket ? bodiless : RESPONSE } };
  };
}
