/** All links of this instance, of both kinds of ends: made, found by what comes for them, and lost together. */

import { MAX_REMOTE_PEERS } from "./cluster-limits.ts";
import { FRAME, type Frame, MAX_LINK_NUMBER, numberFrame, startFrame } from "./frame.ts";
import type { NearLink } from "./near-link.ts";
import type { Neighbour } from "./neighbour.ts";
import type { RemotePeer } from "./remote-peer.ts";

/** So many frames for links that are gone are answered, to one instance, before the next is taken for new again. */
const MAX_ANSWERED = 1_024;

export class Links {
  private readonly near = new Map<number, NearLink>();
  private readonly far = new Map<Neighbour, Map<number, RemotePeer>>();
  private readonly answered = new WeakMap<Neighbour, Set<string>>();
  private farCount = 0;
  private last = 0;

  get counts(): { readonly near: number; readonly far: number } {
    return { near: this.near.size, far: this.farCount };
  }

  /** Whether another client of another instance may be served. */
  hasRoom(from: Neighbour, link: number): boolean {
    return this.farCount < MAX_REMOTE_PEERS && !this.far.get(from)?.has(link);
  }

  freshNumber(): number {
    do this.last = this.last >= MAX_LINK_NUMBER ? 1 : this.last + 1;
    while (this.near.has(this.last));
    return this.last;
  }

  addNear(link: NearLink): void {
    this.near.set(link.number, link);
  }

  readonly nearGone = (link: NearLink): void => {
    this.near.delete(link.number);
  };

  addFar(peer: RemotePeer): void {
    const { to, link } = peer.place;
    const peers = this.far.get(to) ?? new Map<number, RemotePeer>();
    this.far.set(to, peers.set(link, peer));
    this.farCount += 1;
  }

  readonly farGone = (peer: RemotePeer): void => {
    const { to, link } = peer.place;
    const peers = this.far.get(to);
    if (peers?.get(link) !== peer) return;
    peers.delete(link);
    this.farCount -= 1;
    if (peers.size === 0) this.far.delete(to);
  };

  /** A frame of a link has come. False when there is no such link. */
  came(from: Neighbour, frame: Frame): boolean {
    return frame.fromNear ? this.cameToFar(from, frame) : this.cameToNear(from, frame);
  }

  /** Every link with `neighbour` is lost. */
  lose(neighbour: Neighbour): void {
    for (const link of [...this.near.values()]) if (link.holder === neighbour) link.lose();
    for (const peer of [...(this.far.get(neighbour)?.values() ?? [])]) peer.finish();
  }

  private cameToFar(from: Neighbour, frame: Frame): boolean {
    const peer = this.far.get(from)?.get(frame.link);
    if (peer !== undefined) peer.came(frame);
    else this.answerUnknown(from, frame);
    return peer !== undefined;
  }

  private cameToNear(from: Neighbour, frame: Frame): boolean {
    const link = this.near.get(frame.link);
    if (frame.type === FRAME.ACCEPT && frame.sequence === 0) link?.bind(from);
    if (link !== undefined && link.holder === from) link.came(frame);
    else this.answerUnknown(from, frame);
    return link !== undefined && link.holder === from;
  }

  /** Once for each link: what is on the way meanwhile is as unknown. Words that end a link are not answered. */
  private answerUnknown(from: Neighbour, { type, link, fromNear }: Frame): void {
    if (type === FRAME.UNKNOWN || type === FRAME.END || type === FRAME.CLOSE || type === FRAME.CUT) return;
    const answered = this.answered.get(from) ?? new Set<string>();
    const name = `${fromNear} ${link}`;
    if (answered.has(name)) return;
    if (answered.size >= MAX_ANSWERED) answered.clear();
    this.answered.set(from, answered.add(name));
    const frame = startFrame(FRAME.UNKNOWN, 0, { from: from.from, link, fromNear: !fromNear });
    numberFrame(frame, 0);
    from.sendWord(frame);
  }
}
