import { describe, expect, it } from "vitest";
import { bytes, count, duration, moment, timeLeft } from "./format.ts";

const words = { locale: "en-GB", yesterday: (time: string) => `yesterday, ${time}` };
const at = (day: number, hour: number) => new Date(2026, 2, day, hour, 5).getTime();

describe("times", () => {
  it("that are left are minutes and seconds, never negative", () => {
    expect(timeLeft(87_000)).toBe("1:27");
    expect(timeLeft(86_001)).toBe("1:27");
    expect(timeLeft(9_000)).toBe("0:09");
    expect(timeLeft(-5)).toBe("0:00");
  });

  it("are said as a clock would, with the day when it was another", () => {
    expect(moment(at(10, 9), at(10, 14), words)).toBe("09:05");
    expect(moment(at(9, 23), at(10, 0), words)).toBe("yesterday, 23:05");
    expect(moment(at(1, 9), at(10, 14), words)).toBe("1 Mar 09:05");
    expect(moment(new Date(2025, 11, 31, 9, 5).getTime(), at(10, 14), words)).toBe("31 Dec 2025 09:05");
  });
});

describe("numbers", () => {
  it("have their units", () => {
    expect(bytes(0, "en-GB")).toBe("0 B");
    expect(bytes(999, "en-GB")).toBe("999 B");
    expect(bytes(1_000, "en-GB")).toBe("1 kB");
    expect(bytes(1_240, "en-GB")).toBe("1.2 kB");
    expect(bytes(999_600, "en-GB")).toBe("1 MB");
    expect(bytes(23_400_000, "en-GB")).toBe("23 MB");
    expect(duration(24, "en-GB")).toBe("24 ms");
    expect(duration(999.6, "en-GB")).toBe("1 s");
    expect(duration(1_240, "en-GB")).toBe("1.2 s");
    expect(duration(90_000, "en-GB")).toBe("1.5 min");
    expect(count(10_000, "en-GB")).toBe("10,000");
  });
});
