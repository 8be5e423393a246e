import { afterEach, describe, expect, it } from "vitest";
import { VERSION } from "#shared/protocol/version.ts";
import { RelayHarness } from "../testing/relay-harness.ts";
import { statusPage } from "./status.ts";

const FACTS = { isDraining: false, isCutOff: false, tls: "own", encrypted: true, apps: "off" } as const;

let relay: RelayHarness | undefined;
afterEach(() => relay?.stop());

async function page(environment: Record<string, string> = {}, headers: Record<string, string> = {}) {
  await relay?.stop();
  relay = await RelayHarness.start(environment);
  const response = await fetch(`${relay.http}/status`, { headers });
  return { response, html: await response.text() };
}

describe("the status page", () => {
  it("says that the relay is up, without a script, a number of anybody, or anything from elsewhere", async () => {
    const { response, html } = await page();
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(html).toContain("This relay is up.");
    expect(html).toContain(`Version ${VERSION}.`);
    expect(html).not.toMatch(/<script|<img|<link|https?:/);
    expect(
      html.replace(VERSION, "").replace(/<style>[\s\S]*<\/style>|<meta[^>]*>|<h1>|<\/h1>/g, ""),
    ).not.toMatch(/\d/);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^ ;]+'; /);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it("says who protects the way, and whether apps open and why not", async () => {
    const PUBLIC = { ORA_RELAY_PUBLIC_URL: "https://relay.example" };
    expect((await page(PUBLIC)).html).toMatch(/by the server in front[\s\S]*has not chosen an address/);
    expect((await page({ ...PUBLIC, ORA_RELAY_APPS: "off" })).html).toContain("has switched them off");
    expect((await page({ ...PUBLIC, ORA_RELAY_APPS: "subdomain" })).html).toContain(
      "each PC's at an address of its own",
    );
    expect((await page({ ...PUBLIC, ORA_RELAY_APPS: "https://apps.example" })).html).toContain(
      "one PC's at a time",
    );
    const { html } = await page({ ORA_RELAY_HOST: "0.0.0.0" });
    expect(html).toMatch(
      /not protected by TLS[\s\S]*Encrypted sessions are off[\s\S]*has not told this relay/,
    );
  });

  it("speaks Japanese to who asks for it", async () => {
    const { html } = await page({}, { "accept-language": "ja-JP,ja;q=0.9,en;q=0.5" });
    expect(html).toContain('lang="ja"');
    expect(html).toContain("このリレーは動いています。");
  });

  it("claims encryption for all but the old plaintext protocol", () => {
    expect(statusPage(FACTS, "en")).toMatch(
      /cannot read it\. Scripts .* plaintext protocol are the exception\./,
    );
    expect(statusPage(FACTS, "ja")).toMatch(/読めません。暗号化のない旧プロトコル.*例外です。/);
  });

  it("says that an update is under way", () => {
    const html = statusPage({ ...FACTS, isDraining: true, isCutOff: true }, "en");
    expect(html).toContain("An update is under way");
    expect(html).not.toMatch(/is up|cut off/);
  });

  it("says that the relay is cut off from the others of its name", () => {
    const facts = { ...FACTS, isCutOff: true };
    expect(statusPage(facts, "en")).toContain("This relay is up, but cut off from the other relays");
    expect(statusPage(facts, "ja")).toContain("ほかのリレーとの接続が切れています");
    expect(statusPage(FACTS, "en")).not.toContain("cut off");
  });
});
