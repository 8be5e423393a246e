import { create } from "qrcode";
import { describe, expect, it } from "vitest";
import { QUIET_ZONE } from "../view/qr-layout.ts";
import { qrModules } from "./qr-code.tsx";

const LINK =
  "https://relay.example/#P2.7K2M9QXW4T8RBC5H.MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIZDGNBVGY3Q.ABCDEFGHIJKLMNOPQRSTUVWXYZ";

describe("a QR code's path", () => {
  it("covers exactly the dark modules", () => {
    const { count, path } = qrModules(LINK);
    const { modules } = create(LINK, { errorCorrectionLevel: "M" });
    const drawn = new Set<string>();
    for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
      for (let at = 0; at < Number(width); at++)
        drawn.add(`${Number(x) + at - QUIET_ZONE} ${Number(y) - QUIET_ZONE}`);
    }
    expect(count).toBe(modules.size);
    for (let y = 0; y < count; y++) {
      for (let x = 0; x < count; x++)
        expect(drawn.has(`${x} ${y}`), `${x} ${y}`).toBe(Boolean(modules.get(y, x)));
    }
  });
});
