import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patchPolicies } from "./content-policy.ts";

const shim = {
  script: "https://a.example/~ora/shim.js",
  hash: "sha256-abc",
  calls: "https://a.example/~ora/",
};
const patch = (policy: string) => patchPolicies(policy, shim);

describe("a patched content security policy", () => {
  it("allows the shim where nothing is allowed, and nothing else", () => {
    expect(patch("default-src 'none'")).toEqual({
      policy: `default-src 'none'; script-src-elem ${shim.script}; connect-src ${shim.calls}; frame-src ${shim.calls}; worker-src ${shim.calls}`,
    });
  });

  it("keeps what the app allows, and what it forbids", () => {
    expect(
      patch("script-src 'self' https://cdn.example 'unsafe-eval'; img-src 'none'; connect-src 'self'").policy,
    ).toBe(
      "script-src 'self' https://cdn.example 'unsafe-eval'; img-src 'none'; " +
        `connect-src 'self' ${shim.calls}; script-src-elem 'self' https://cdn.example 'unsafe-eval' ${shim.script}; ` +
        `worker-src 'self' https://cdn.example 'unsafe-eval' ${shim.calls}`,
    );
  });

  it("reuses the nonce of the page", () => {
    const { policy, nonce } = patch("script-src 'nonce-r4nd0m' 'strict-dynamic'");
    expect(nonce).toBe("r4nd0m");
    expect(policy).not.toContain("script-src-elem");
  });

  it("allows by hash where URLs do not count", () => {
    expect(patch("script-src 'strict-dynamic' 'sha256-xyz'").policy).toContain(
      "script-src-elem 'strict-dynamic' 'sha256-xyz' 'sha256-abc'",
    );
  });

  it("does not take 'unsafe-inline' away from the page, as a hash would", () => {
    const { policy } = patch("script-src 'unsafe-inline'");
    expect(policy).toContain(`script-src-elem 'unsafe-inline' ${shim.script}`);
    expect(policy).not.toContain("sha256");
  });

  it("drops what would speak past the tunnel", () => {
    expect(patch("upgrade-insecure-requests; report-uri /r; report-to x; img-src *").policy).toBe(
      "img-src *",
    );
    expect(patch("Upgrade-Insecure-Requests").policy).toBe("");
  });

  it("patches each of several policies, and takes the nonce from whichever has one", () => {
    const { policy, nonce } = patch("script-src 'self', script-src 'nonce-n'");
    expect(policy.split(", ")).toHaveLength(2);
    expect(nonce).toBe("n");
    expect(policy).toContain(`script-src-elem 'self' ${shim.script}`);
  });

  it("counts the first of two directives of a name, as browsers do", () => {
    expect(patch("img-src 'self'; IMG-SRC *").policy).toBe("img-src 'self'");
  });

  it("never widens a directive that it does not own, whatever the policy", () => {
    const word = fc.constantFrom(
      ..."default-src script-src img-src 'none' 'self' 'unsafe-inline' 'nonce-a' 'strict-dynamic' https: ; , sandbox".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const before = words.join(" ");
        const { policy } = patch(before);
        const img = (text: string) => /(?:^|; )(img-src[^;,]*)/.exec(text)?.[1]?.trim();
        expect(policy).not.toContain("undefined");
        if (!before.includes(",")) {
          const normal = before
            .split(";")
            .map((part) => part.trim().split(/\s+/).join(" "))
            .join("; ");
          expect(img(policy)).toBe(img(normal));
        }
      }),
    );
  });
});
