import { describe, expect, it } from "vitest";
import { busSettings } from "./bus-settings.ts";
import { ClusterError } from "./cluster-error.ts";

const CA = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";

describe("the settings of the bus", () => {
  it("name servers, with and without ports, and by address", () => {
    const { servers, needsTls } = busSettings({ url: "nats://one, nats://two:4333/,nats://[::1]:5" });
    expect(servers).toEqual([
      { host: "one", port: 4222 },
      { host: "two", port: 4333 },
      { host: "::1", port: 5 },
    ]);
    expect(needsTls).toBe(false);
  });

  it("ask for TLS by the scheme of one server, or by an authority to trust", () => {
    expect(busSettings({ url: "nats://a,tls://b" }).needsTls).toBe(true);
    expect(busSettings({ url: "nats://a", caPem: CA }).options.tls).toMatchObject({ ca: CA });
  });

  it("hold a login, once, however it is written", () => {
    expect(busSettings({ url: "nats://me:p%40ss@a,nats://b" }).options).toMatchObject({
      user: "me",
      pass: "p@ss",
    });
    expect(busSettings({ url: "nats://t0ken@a" }).options).toMatchObject({ token: "t0ken" });
  });

  it("are refused, without what is secret in them, when they cannot be used", () => {
    const secret = "hunter2";
    const wrong = [
      { url: "" },
      { url: `http://me:${secret}@a` },
      { url: `nats://me:${secret}@a/path` },
      { url: `nats://me:${secret}@a?x=${secret}` },
      { url: `nats://me:${secret}@a,nats://you:${secret}@b` },
      { url: `nats://me:${secret}%zz@a` },
      { url: "nats://a", nkeySeed: secret },
      { url: "nats://a", caPem: "" },
      { url: "nats://a", caPem: `-----BEGIN PRIVATE KEY-----\n${secret}` },
      { url: `${secret} nats://a` },
      { url: Array.from({ length: 17 }, () => "nats://a").join(",") },
    ];
    for (const settings of wrong) {
      const error = caught(() => busSettings(settings));
      expect(error.code).toBe("cluster_bad_settings");
      expect(`${error.message} ${error.cause}`).not.toContain(secret);
    }
    expect(busSettings({ url: Array.from({ length: 16 }, () => "nats://a").join(",") }).servers.length).toBe(
      16,
    );
  });
});

function caught(run: () => unknown): ClusterError {
  try {
    run();
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
  throw new Error("not refused");
}
