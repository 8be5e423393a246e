/** A link and the client's own socket, of which neither takes more than the other does. */
import type { Link } from "../cluster/cluster.ts";
import type { Peer } from "../peer.ts";

export class PacedLink {
  private readonly peer: Peer;
  private link: Link | undefined;
  private isHeld = false;

  constructor(peer: Peer) {
    this.peer = peer;
  }

  /** Undefined before there is one, and after its end. */
  get current(): Link | undefined {
    return this.link;
  }

  set(link: Link): void {
    this.link = link;
    if (this.isHeld) link.pause();
  }

  /** The client's socket takes no more for now. */
  hold(): void {
    this.isHeld = true;
    this.link?.pause();
  }

  release(): void {
    this.isHeld = false;
    this.link?.resume();
  }

  /** The link takes no more for now. */
  congested(): void {
    this.peer.pause("node");
  }

  drained(): void {
    this.peer.resume("node");
  }

  /** It has ended by itself. */
  gone(): void {
    this.link = undefined;
    this.peer.resume("node");
  }

  /** Ends it, if there is one. */
  end(): void {
    this.link?.end();
    this.link = undefined;
  }
}
