/**
 * Where a relay serves the web apps of PCs (`apps` in `welcome`): an origin of its own for each PC, written with a star
 * in place of the node's id, or one fixed origin. Like everything else in `welcome` it is the relay's word: only a page
 * that came from that relay, and so trusts it as it is, may send its user there.
 */

const MAX_TEMPLATE_LENGTH = 300;
const TEMPLATE =
  /^https?:\/\/(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?(:\d{1,5})?$/;
const STAR = "*.";

/** `https://*.relay.example`, or an origin; undefined for anything else. Lower case, no path. */
export function appsTemplate(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MAX_TEMPLATE_LENGTH || !TEMPLATE.test(value))
    return undefined;
  return URL.canParse(value.replace(STAR, "a.")) ? value : undefined;
}

/** The origin of one PC's app. */
export function appOrigin(template: string, nodeId: string): string {
  return template.replace(STAR, `${nodeId}.`);
}

/** Whether every PC has an origin of its own there. With one for all, opening another PC's app takes it over. */
export function hasOriginPerNode(template: string): boolean {
  return template.includes(STAR);
}
