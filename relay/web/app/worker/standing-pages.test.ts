import { describe, expect, it } from "vitest";
import type { ProblemCode } from "#shared/client/problem.ts";
import { ringIcon } from "#shared/looks/ring-icon.ts";
import { RING_OUTLINES } from "#shared/looks/ring-outlines.ts";
import { crossSitePage, loginPage, problemPage } from "./standing-pages.ts";

const words = { name: "Studio PC", languages: ["en"] };
/** As it stands in an attribute. */
const icon = (state: Parameters<typeof ringIcon>[0]) => ringIcon(state).replaceAll("&", "&#38;");

describe("a page in place of the app's", () => {
  it.each([
    ["node_sleeping", "paused"],
    ["node_stopped", "paused"],
    ["relay_restarting", "connecting"],
    ["connection_lost", "connecting"],
    ["relay_unreachable", "attention"],
    ["unreachable", "attention"],
  ] as const)("shows for %s the ring that is %s, on the page and on its tab", async (code, ring) => {
    const html = await problemPage({ code: code satisfies ProblemCode }, words).text();
    expect(html).toContain(`<path d="${RING_OUTLINES[ring]}"/>`);
    expect(html).toContain(`<link rel="icon" href="${icon(ring)}">`);
    expect(html).not.toContain(RING_OUTLINES.connected);
  });

  it("that needs somebody shows the open ring, and may show it", async () => {
    for (const page of [loginPage(words, { path: "/", wasWrong: false }), crossSitePage(words)]) {
      expect(page.headers.get("content-security-policy")).toContain("img-src data:");
      expect(await page.text()).toContain(icon("attention"));
    }
  });
});
