/** Whose origin this is: a PC's own, which its node id names, or one that serves the apps of all PCs in turn. */

/** The id of the PC whose own origin a host is; undefined where one origin serves all of them. */
export function pcOfOrigin(host: string): string | undefined {
  return /^([a-z2-7]{52})\./.exec(host)?.[1];
}
