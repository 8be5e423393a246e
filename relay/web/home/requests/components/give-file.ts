/** Hands a file to the browser, which saves it as it saves any download. It is never opened in this origin. */

/** Browsers read the file after the press, some of them much later. */
const FORGET_AFTER_MS = 60_000;

export function giveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), FORGET_AFTER_MS);
}
