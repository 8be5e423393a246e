import { expect, it } from "vitest";
import { examineApps } from "./examine-apps.ts";
import type { Finding } from "./finding.ts";
import type { Network } from "./network.ts";

const nobody: Network = {
  lookup: () => Promise.reject(Object.assign(new Error("none"), { code: "ENOTFOUND" })),
  connect: () => expect.fail("nothing is to be connected to"),
  connectSecurely: () => expect.fail("nothing is to be connected to"),
  dial: () => expect.fail("nothing is to be dialled"),
  now: () => 0,
};

async function found(apps: string | undefined): Promise<Finding[]> {
  const findings: Finding[] = [];
  await examineApps(nobody, apps, (finding) => findings.push(finding));
  return findings;
}

it("never puts a relay's word that is no name into a line to type", async () => {
  for (const apps of ["https://*.a;reboot.example", "https://$(reboot).example", "https://`x`.example"]) {
    const [finding, ...others] = await found(apps);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ state: "wrong", advice: [] });
    expect(finding?.said).not.toMatch(/reboot|`/);
  }
});

it("says nothing worse than a note where apps are off, or on this machine", async () => {
  expect((await found(undefined)).map(({ state }) => state)).toEqual(["note"]);
  expect((await found("http://*.localhost:9010")).map(({ state }) => state)).toEqual(["ok"]);
});

it("names the wildcard and not the label that was tried", async () => {
  const [finding] = await found("https://*.relay.example");
  expect(finding?.advice?.join()).toContain("dig +short '*.relay.example'");
});
