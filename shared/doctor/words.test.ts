import { describe, expect, it } from "vitest";
import { reachWords } from "./words.ts";

const said = (host: string, code: string) => reachWords({ host, port: 9010 }, code).join("\n");

describe("what to do about a relay that takes no connections", () => {
  it.each(["127.0.0.1", "127.8.9.10", "localhost", "::1"])("is to start it on this PC at %s", (host) => {
    for (const code of ["ECONNREFUSED", "ETIMEDOUT"]) {
      expect(said(host, code)).toMatch(/^on this PC, .*npm run relay.*systemctl start ora-relay/m);
      expect(said(host, code)).not.toMatch(/on the server|ufw|dig/);
    }
  });

  it.each(["relay.example", "192.0.2.7", "2001:db8::1", "127.0.0.1.relay.example"])(
    "is to look at the server at %s",
    (host) => {
      expect(said(host, "ECONNREFUSED")).toMatch(/^on the server, see what listens/m);
      expect(said(host, "ETIMEDOUT")).toMatch(/^on the server, let the port in/m);
      expect(said(host, "ECONNREFUSED")).not.toContain("this PC");
    },
  );
});
