/** What the API client can look like: each scene is led there as a person would. */
import type { Routes } from "../support/routes.ts";
import { until } from "../support/until.ts";
import type { OpenedPage } from "./requests-stage.ts";

export interface RequestsScene {
  readonly name: string;
  readonly act: (opened: OpenedPage) => Promise<void>;
}

const LONG_NAME = "a_key_that_is_longer_than_the_screen_of_any_phone_is_wide_and_has_no_place_to_break";
const DRAWING =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="300" height="300"><circle cx="50" cy="50" r="40" fill="none" stroke="#0B6E5F" stroke-width="12"/><circle cx="50" cy="50" r="12" fill="#0B6E5F"/></svg>';

/** The API behind the scenes. */
export function serveScenes(api: Routes): void {
  const answer = (path: string, type: string, body: string | Buffer, status = 200) =>
    api.on(path, (_, response) => response.writeHead(status, { "content-type": type }).end(body));
  const items = Array.from({ length: 250 }, (_, id) => ({ id, name: `Item ${id}`, tags: ["a", "b"] }));
  answer(
    "/items",
    "application/json",
    JSON.stringify({
      items,
      total: 12345678901234,
      next: null,
      note: "A longer text. ".repeat(20),
      user: { name: "Ada Lovelace", mail: "ada@example.org", roles: ["admin", "owner"] },
      [LONG_NAME]: LONG_NAME,
    }),
  );
  answer(
    "/page",
    "text/html; charset=utf-8",
    `<!doctype html>\n<h1>Not found</h1>\n${"line of text\n".repeat(3_000)}`,
    404,
  );
  answer(
    "/bytes",
    "application/octet-stream",
    Buffer.from(Array.from({ length: 3_000 }, (_, at) => (at * 7) % 256)),
  );
  answer("/drawing", "image/svg+xml", DRAWING);
  answer("/error", "text/plain", "The database is away.", 500);
  api.on("/events", (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let at = 0; at < 30; at += 1) {
      response.write(`event: price\nid: ${at}\ndata: {"symbol":"ORA","value":${100 + at}}\n\n`);
    }
  });
  api.on("/log", (_, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    for (let at = 0; at < 60; at += 1) response.write(`14:02:07 INFO line ${at} of the log of the app\n`);
  });
  api.on("/large", (_, response) => {
    const size = 100 * 1024 * 1024;
    response.writeHead(200, { "content-type": "application/json", "content-length": String(size) });
    response.write(`["${"x".repeat(6_000_000)}`);
  });
  api.on("/slow", () => undefined);
  api.on("/cut", (_, response) => {
    response.writeHead(200, { "content-type": "text/plain", "content-length": "100" }).write("only a part");
    response.socket?.destroySoon();
  });
}

/** Sends, and waits for a phase. */
const asked = (path: string, phase: string) => async (opened: OpenedPage) => {
  await opened.send(path);
  await opened.phase(phase);
};

const tab = (at: number) => (opened: OpenedPage) => opened.page.locator(".api-tab").nth(at).click();

const after =
  (...acts: readonly ((opened: OpenedPage) => Promise<unknown>)[]) =>
  async (opened: OpenedPage) => {
    for (const act of acts) await act(opened);
  };

export const REQUESTS_SCENES: readonly RequestsScene[] = [
  { name: "nothing asked", act: async () => undefined },
  { name: "waiting", act: asked("/slow", "waiting") },
  { name: "tree", act: asked("/items", "done") },
  { name: "headers", act: after(asked("/items", "done"), tab(3)) },
  { name: "text in pages", act: asked("/page", "done") },
  { name: "bytes", act: asked("/bytes", "done") },
  {
    name: "picture",
    act: after(asked("/drawing", "done"), ({ page }) => page.getByText("300 × 300").waitFor()),
  },
  { name: "error of the app", act: asked("/error", "done") },
  {
    name: "events, scrolled up",
    act: after(
      asked("/events", "reading"),
      ({ page }) => page.locator(".api-event").nth(29).waitFor(),
      ({ page }) => page.locator(".api-log").evaluate((box) => box.scrollTo({ top: 0 })),
      ({ page }) => page.locator(".api-newest").waitFor(),
    ),
  },
  {
    name: "live text",
    act: after(asked("/log", "reading"), ({ page }) =>
      page.locator(".api-log", { hasText: "line 59" }).waitFor(),
    ),
  },
  { name: "held", act: asked("/large", "held") },
  { name: "cut", act: asked("/cut", "failed") },
  { name: "refused", act: asked("/a/..//../%2e%2e/x", "done") },
  { name: "form", act: filledForm },
  { name: "saved", act: savedRequests },
];

async function filledForm({ page }: OpenedPage): Promise<void> {
  await page.locator(".api-method").selectOption("");
  await page.locator("[data-part=headers] summary").click();
  await page.locator("[data-part=headers] .api-lines > .button").click();
  await page.locator("[data-part=headers] .api-line input").first().fill("X Bad");
  await page.locator("[data-part=body] summary").click();
  await page.locator(".api-kind input").nth(1).check();
  await page.locator(".api-area").fill('{\n  "name": "x",\n}');
  await page.locator("[data-part=body] .field-problem").waitFor();
  await page.locator(".api-kind input").nth(3).check();
  const buffer = Buffer.from("x");
  await page
    .locator(".api-file-input")
    .setInputFiles({ name: `${LONG_NAME}.txt`, mimeType: "text/plain", buffer });
}

async function savedRequests(opened: OpenedPage): Promise<void> {
  const { page } = opened;
  const save = page.locator(".api-actions .button").first();
  const list = page.locator(".api-saved-line, .api-rename");
  for (const [at, path] of ["/items", `/${LONG_NAME}`, "/third"].entries()) {
    await page.locator(".api-path input").fill(path);
    await save.click();
    await until("it was in the list", async () => (await list.count()) === at + 1);
  }
  await page.locator(".api-saved summary").click();
  await page.locator(".api-saved-line .button-bad").first().click();
  await page.locator(".api-undo").waitFor();
  await page.locator(".api-saved-line .button").first().click();
  await page.locator(".api-rename").waitFor();
}
