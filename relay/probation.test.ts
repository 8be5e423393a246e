import { describe, expect, it } from "vitest";
import { ProbationRegister } from "./probation.ts";

describe("sockets on probation", () => {
  it("are bounded per address and in all", () => {
    const register = new ProbationRegister({ max: 3, maxPerAddress: 2 });
    register.change("10.0.0.1", 1);
    expect(register.hasRoom("10.0.0.1")).toBe(true);
    register.change("10.0.0.1", 1);
    expect(register.hasRoom("10.0.0.1")).toBe(false);
    expect(register.hasRoom("10.0.0.2")).toBe(true);
    register.change("10.0.0.2", 1);
    expect(register.hasRoom("10.0.0.3")).toBe(false);
    register.change("10.0.0.1", -1);
    expect(register.hasRoom("10.0.0.1")).toBe(true);
  });

  it("of one IPv6 customer count together", () => {
    const register = new ProbationRegister({ max: 9, maxPerAddress: 1 });
    register.change("2001:db8::1", 1);
    expect(register.hasRoom("2001:db8::2")).toBe(false);
    expect(register.hasRoom("2001:db8:0:1::1")).toBe(true);
  });
});
