/** A page that shows a program's real output as a terminal would, for the README. */

// Lines are as high as the font, or the blocks of a QR would not join; long ones wrap as in a terminal.
const STYLE = `
  * { margin: 0; box-sizing: border-box }
  body { background: #14161A; color: #EDEBE6; padding: 24px 28px; width: 900px }
  .prompt { color: #A3A7B3 } .prompt b { color: #EDEBE6; font-weight: 600 }
  pre { font: 14px/1.16 "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere }
  .mark { color: #5FD3BC; font-weight: 600 }
`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? sign);
}

/** HTML with `command` at a prompt and `lines` below it. Parts of lines that match `marked` stand out. */
export function terminalPage(command: string, lines: readonly string[], marked: RegExp): string {
  const body = lines
    .map((line) => escapeHtml(line).replace(marked, (part) => `<span class="mark">${part}</span>`))
    .join("\n");
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><pre><span class="prompt">$ <b>${escapeHtml(command)}</b></span>\n${body}</pre>`;
}
