/**
 * Text from outside, made fit for a native menu: one line, no marks that turn its surroundings about, bounded, and
 * with `&` doubled, which menus would take for the sign of a shortcut.
 */
import { cleanName } from "../core/devices/device-name.ts";

/** Menus grow as wide as their longest line. Code points. */
export const MAX_MENU_NAME_LENGTH = 40;

/** A device's name in a menu; long ones lose their middle, so that both ends can be told apart. */
export function menuName(name: string): string {
  return escapeMenu(shorten(cleanName(name), MAX_MENU_NAME_LENGTH));
}

export function escapeMenu(text: string): string {
  return text.replaceAll("&", "&&");
}

/** At most `limit` code points, with an ellipsis in the middle. */
export function shorten(text: string, limit: number): string {
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  const tail = limit - 1 - head;
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - tail).join("")}`;
}
