import { describe, expect, it } from "vitest";
import { MAX_MENU_NAME_LENGTH, menuName } from "./menu-label.ts";

describe("names in menus", () => {
  it("lose their middle when they are one character too long", () => {
    expect(menuName("x".repeat(MAX_MENU_NAME_LENGTH))).toBe("x".repeat(MAX_MENU_NAME_LENGTH));
    const long = menuName(`${"a".repeat(MAX_MENU_NAME_LENGTH)}z`);
    expect(Array.from(long)).toHaveLength(MAX_MENU_NAME_LENGTH);
    expect(long).toMatch(/^a+…a+z$/);
  });
});
