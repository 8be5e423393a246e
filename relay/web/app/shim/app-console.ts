/** Where the author of an app looks when something of it does not work here: the browser's console, and nowhere else. */

export function warn(text: string): void {
  console.warn(`[ORA Relay] ${text}`);
}
