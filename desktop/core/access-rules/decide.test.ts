import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AccessRequest, type AccessSubject, decideAccess } from "./decide.ts";
import type { AccessRule } from "./rule.ts";

const ANYBODY: AccessSubject = { devices: ["d1"], readOnly: false };
const denyAdmin: AccessRule = { effect: "deny", methods: [], prefix: "/admin" };
const allowApi: AccessRule = { effect: "allow", methods: [], prefix: "/api" };

function request(path: string, extra: Partial<AccessRequest> = {}): AccessRequest {
  return { method: "GET", path, isWebSocket: false, headerNames: [], ...extra };
}

function outcome(rules: readonly AccessRule[], asked: AccessRequest, subject = ANYBODY): string {
  const decision = decideAccess(rules, subject, asked);
  return decision.allowed ? "allowed" : decision.reason;
}

describe("access rules", () => {
  it("allow everything, however it is written, when there are none", () => {
    expect(outcome([], request("/a/..%2f//;x\\%zz"))).toBe("allowed");
  });

  it.each(["/admin", "/admin/", "/admin/users?x=/api", "/%61dmin", "/ADMIN/x", "/adm%C4%B1n/../admin"])(
    "refuse %s below a denied prefix",
    (path) => expect(outcome([denyAdmin], request(path))).not.toBe("allowed"),
  );

  it.each([
    "/",
    "/administrator",
    "/api/admin",
    "/adm",
    "/b%20c/d",
    "/caf%C3%A9",
    "/100%25",
    "/x?y=/admin/../%2f",
  ])("let %s pass beside a denied prefix", (path) =>
    expect(outcome([denyAdmin], request(path))).toBe("allowed"),
  );

  it.each([
    "/%2fadmin",
    "//admin",
    "/x/../admin",
    "/x/%2e%2e/admin",
    "/x/%252e%252e/admin",
    "/x%2f..%2fadmin",
    "/x%5c..%5cadmin",
    "/x\\..\\admin",
    "/..;/admin",
    "/x/..;a=b/admin",
    "/admin;x=1",
    "/admin%3bx",
    "/admin%00",
    "/admin%20",
    "/admin.",
    "/admin::$DATA",
    "/%2561dmin",
    "/%u0061dmin",
    "/%c0%ae%c0%ae/admin",
    "/x/%ef%bc%8e%ef%bc%8e/admin",
    "/.%00./admin",
    "/\xff/admin",
    "/admin%23",
    "/./admin",
    "/public/..%2f..%2fadmin",
    "/admin%2f..%2fpublic",
  ])("refuse the trick %s", (path) => expect(outcome([denyAdmin], request(path))).not.toBe("allowed"));

  it("take an odd encoding where no ruled prefix can be meant", () => {
    const rules: AccessRule[] = [{ effect: "deny", methods: [], prefix: "/api/admin" }];
    expect(outcome(rules, request("/projects/group%2Fproject"))).toBe("allowed");
    expect(outcome(rules, request("/api/group%2Fproject"))).toBe("ambiguous_path");
    expect(outcome(rules, request("/projects/group%2F..%2Fapi"))).toBe("ambiguous_path");
  });

  it("refuse what no allow rule covers, and compare allow rules exactly", () => {
    expect(outcome([allowApi], request("/api/v1"))).toBe("allowed");
    expect(outcome([allowApi], request("/api/a%2fb"))).toBe("allowed");
    expect(outcome([allowApi], request("/api/..%2fsecret"))).toBe("ambiguous_path");
    expect(outcome([allowApi], request("/API/v1"))).toBe("not_allowed");
    expect(outcome([allowApi], request("/apis"))).toBe("not_allowed");
    expect(outcome([allowApi], request("/"))).toBe("not_allowed");
  });

  it("deny wins over allow, whatever the order", () => {
    const rules: AccessRule[] = [allowApi, { effect: "deny", methods: ["POST"], prefix: "/api/pay" }];
    for (const ordered of [rules, [...rules].reverse()]) {
      expect(outcome(ordered, request("/api/pay", { method: "POST" }))).toBe("denied_by_rule");
      expect(outcome(ordered, request("/api/pay", { method: "GET" }))).toBe("allowed");
    }
  });

  it("count HEAD as GET, and a denied method in any case", () => {
    const rules: AccessRule[] = [{ effect: "deny", methods: ["GET"], prefix: "/x" }];
    expect(outcome(rules, request("/x", { method: "HEAD" }))).toBe("denied_by_rule");
    expect(outcome(rules, request("/x", { method: "get" }))).toBe("denied_by_rule");
    expect(outcome(rules, request("/x", { method: "PUT" }))).toBe("allowed");
  });

  it("apply to one device and to its children when they name it", () => {
    const rules: AccessRule[] = [{ ...denyAdmin, device: "d1" }];
    expect(outcome(rules, request("/admin"), { devices: ["d2"], readOnly: false })).toBe("allowed");
    expect(outcome(rules, request("/admin"), { devices: ["d1"], readOnly: false })).toBe("denied_by_rule");
    expect(outcome(rules, request("/admin"), { devices: ["child", "d1"], readOnly: false })).toBe(
      "denied_by_rule",
    );
  });

  it("read only lets a device look and nothing else", () => {
    const reader = { devices: ["d1"], readOnly: true };
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      expect(outcome([], request("/", { method }), reader)).toBe("allowed");
    }
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "get", "PROPFIND", "TRACE"]) {
      expect(outcome([], request("/", { method }), reader)).toBe("read_only");
    }
    expect(outcome([], request("/", { isWebSocket: true }), reader)).toBe("read_only");
  });

  it("do not let a header change the method behind the rules' back", () => {
    const asked = request("/", { headerNames: ["X-HTTP-Method-Override"] });
    expect(outcome([], asked, { devices: ["d1"], readOnly: true })).toBe("method_override");
    expect(outcome([{ effect: "deny", methods: ["DELETE"], prefix: "/" }], asked)).toBe("method_override");
    expect(outcome([], asked)).toBe("allowed");
  });

  it.each(["X_HTTP_Method_Override", "x-http_method-override", "X_HTTP_METHOD", "x.method.override"])(
    "know the header %s, which servers behind CGI take for the same",
    (name) => {
      const asked = request("/", { headerNames: [name] });
      expect(outcome([], asked, { devices: ["d1"], readOnly: true })).toBe("method_override");
      expect(outcome([{ effect: "deny", methods: ["DELETE"], prefix: "/" }], asked)).toBe("method_override");
    },
  );

  it.each([
    "/x?_method=DELETE",
    "/x?a=1&_METHOD=delete",
    "/x?%5fmethod=PUT",
    "/x?%5Fm%65thod",
    "/x?a;_method=PUT",
    "/x?a=?&+_method=PUT",
    "/x?.method=PUT",
    "/x?_method[]=PUT",
    "/x?%zz&_method=PUT",
    "/x?%255fmethod=PUT",
  ])("do not let the query %s change the method behind the rules' back", (path) => {
    expect(outcome([], request(path), { devices: ["d1"], readOnly: true })).toBe("method_override");
    expect(outcome([{ effect: "deny", methods: ["DELETE"], prefix: "/" }], request(path))).toBe(
      "method_override",
    );
    expect(outcome([denyAdmin], request(path))).toBe("allowed");
  });

  it.each(["/_method=PUT", "/x?method=PUT", "/x?a=_method", "/x?a_method=1", "/x?_methods=1", "/x?%zz"])(
    "take %s for what it is",
    (path) => expect(outcome([], request(path), { devices: ["d1"], readOnly: true })).toBe("allowed"),
  );
});

/** What servers are known to do with a path before they route it, in any order and number. */
const SERVER_STEPS: ((path: string) => string)[] = [
  (path) =>
    path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  (path) => path.replaceAll("\\", "/"),
  (path) => path.replace(/\/{2,}/g, "/"),
  (path) => path.replace(/;[^/]*/g, ""),
  (path) => path.replace(/#.*$/s, ""),
  (path) => path.replaceAll("\0", ""),
  (path) => path.toLowerCase(),
  (path) => {
    const out: string[] = [];
    for (const segment of path.split("/").slice(1)) {
      if (segment === "..") out.pop();
      else if (segment !== ".") out.push(segment);
    }
    return `/${out.join("/")}`;
  },
];

const piece = fc.constantFrom(
  ..."/ // \\ . .. ; # %2f %2F %5c %2e %252e %252f %25 %61 %2561 %00 %3b ;a=b a d admin x public ADMIN %41 %c0%af".split(
    " ",
  ),
);

describe("a deny rule", () => {
  it("is passed by no encoding trick that a server would undo", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.constantFrom(...SERVER_STEPS), { maxLength: 6 }),
        (pieces, steps) => {
          const path = `/${pieces.join("")}`;
          const served = steps.reduce((text, step) => step(text), path);
          if (!/^\/admin(?:\/|$)/.test(served)) return;
          expect(outcome([denyAdmin], request(path))).not.toBe("allowed");
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("never makes an allow rule let something else through", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.constantFrom(...SERVER_STEPS), { maxLength: 6 }),
        (pieces, steps) => {
          const path = `/public${pieces.join("")}`;
          const rules: AccessRule[] = [{ effect: "allow", methods: [], prefix: "/public" }];
          if (outcome(rules, request(path)) !== "allowed") return;
          const served = steps.reduce((text, step) => step(text), path);
          expect(served).toMatch(/^\/+public([/;#]|$)/);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("never crashes on any path", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (path) => void outcome([denyAdmin, allowApi], request(path)),
      ),
    );
  });
});
