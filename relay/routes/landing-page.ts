/**
 * What a browser sees at the relay's own address: what this is, and how to use a pairing link that led here. The
 * link's secret is in the fragment, which browsers keep to themselves; the page takes it out of the address bar at
 * once and sends nothing anywhere.
 */

export const LANDING_STYLE = `
:root { color-scheme: light dark; --paper: #FBFAF7; --panel: #FFFFFF; --ink: #1B1D22; --muted: #5C606B; --line: #DEDCD5; --ring: #0B6E5F }
@media (prefers-color-scheme: dark) { :root { --paper: #14161A; --panel: #1D2026; --ink: #EDEBE6; --muted: #A3A7B3; --line: #333842; --ring: #5FD3BC } }
* { margin: 0; box-sizing: border-box }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; padding: 24px 16px }
main { max-width: 560px; margin: 8vh auto 0 }
svg { width: 44px; height: 44px; color: var(--ring); display: block; margin-bottom: 20px }
h1 { font-size: 22px; font-weight: 600; margin-bottom: 8px }
p { color: var(--muted); margin-bottom: 16px }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 14px; padding: 20px }
section p:last-child { margin-bottom: 0 }
h2 { font-size: 16px; font-weight: 600; margin-bottom: 8px }
pre { font: 14px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 10px; padding: 12px; margin-bottom: 16px }
`;

/**
 * Runs once. With a pairing link it fills the command in; without one it changes nothing. A link is letters, digits
 * and full stops alone: anybody can make a link to this page, and the command is going to be pasted into a shell.
 */
export const LANDING_SCRIPT = `
const link = location.href, isPairing = /^#P2(\\.[0-9A-Z]{16,52}){3}$/i.test(location.hash);
if (location.hash !== "") history.replaceState(null, "", location.pathname);
if (isPairing) {
  document.querySelector("pre").textContent = "npm run connect -- '" + link + "'";
  document.querySelector("h2").textContent = "You followed a pairing link";
}
`;

export const LANDING_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ORA Relay</title>
<style>${LANDING_STYLE}</style>
</head>
<body>
<main>
<svg viewBox="0 0 32 32" role="img" aria-label="ORA"><circle cx="16" cy="16" r="11" fill="none" stroke="currentColor" stroke-width="4"/><circle cx="16" cy="16" r="4" fill="currentColor"/></svg>
<h1>This is an ORA relay</h1>
<p>It connects devices with the PCs they were paired with. It cannot read what they send each other.</p>
<section>
<h2>To reach a PC from here</h2>
<p>On the computer that shall reach it, with ORA Relay installed, run:</p>
<pre>npm run connect -- 'PAIRING LINK'</pre>
<p>The link is shown on the PC. It works once. This relay has no page for phones yet.</p>
</section>
</main>
<script>${LANDING_SCRIPT}</script>
</body>
</html>
`;
