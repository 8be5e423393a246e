import { expect, it } from "vitest";
import { deviceKind } from "./device-name.ts";

it.each([
  ["iphone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15", 5],
  ["ipad", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", 5],
  ["mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", 0],
  ["android", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36", 5],
  ["windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", 10],
  ["linux", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101", 0],
  ["other", "", 0],
])("a device is an %s by its browser's word", (kind, userAgent, fingers) => {
  expect(deviceKind(userAgent, fingers)).toBe(kind);
});
