/**
 * Who may have a v1 node id. Ids of protocol 1 prove nothing, so a newcomer never takes a live node's place: the
 * holder is pinged and keeps it when it answers in time. A holder that does not is a dead connection, often the
 * newcomer's own old one, and must not block its successor.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { Elsewhere } from "../elsewhere/elsewhere.ts";
import type { Hub, OnlineNode } from "../hub.ts";
import { MAX_NODE_ID_LENGTH } from "../limits.ts";
import type { PeerSocket } from "../peer-socket.ts";
import type { Liveness } from "./liveness.ts";

const V2_ID = /^[a-z2-7]{51}[aq]$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/;

/** Why an id cannot be a v1 node's; undefined when it can. An id of v2 form belongs to whoever has that key. */
export function nodeIdProblem(nodeId: string): string | undefined {
  if (nodeId.trim() === "") return "node_id_required";
  if (nodeId.length > MAX_NODE_ID_LENGTH || CONTROL_CHARACTERS.test(nodeId)) return "bad_node_id";
  return V2_ID.test(nodeId) ? "node_id_reserved" : undefined;
}

export class Admission {
  private readonly hub: Hub;
  private readonly liveness: Liveness;
  private readonly elsewhere: Elsewhere | undefined;
  /** Ids for which a newcomer waits; one each. */
  private readonly contested = new Set<string>();

  constructor(options: { hub: Hub; liveness: Liveness; elsewhere: Elsewhere | undefined }) {
    this.hub = options.hub;
    this.liveness = options.liveness;
    this.elsewhere = options.elsewhere;
  }

  /** Calls `enter` when the id is free, perhaps later; until then the newcomer is not read. Else closes it. */
  request(nodeId: string, newcomer: PeerSocket, enter: () => void): void {
    const holder = this.hub.get(nodeId);
    if (holder === undefined && this.elsewhere === undefined) {
      enter();
      return;
    }
    if (this.contested.has(nodeId)) {
      refuse(newcomer);
      return;
    }
    this.contested.add(nodeId);
    newcomer.pause("admission");
    void this.contest(nodeId, holder).then((isFree) => {
      this.contested.delete(nodeId);
      if (!isFree) {
        refuse(newcomer);
        return;
      }
      enter();
      newcomer.resume("admission");
    });
  }

  private async contest(nodeId: string, holder: OnlineNode | undefined): Promise<boolean> {
    if (holder === undefined) return (await this.elsewhere?.nodes.isAliveElsewhere(nodeId)) !== true;
    if (await this.liveness.isAlive(holder)) return false;
    holder.peer.terminate();
    return true;
  }
}

function refuse(newcomer: PeerSocket): void {
  newcomer.close(CLOSE.REPLACED, "node_id_in_use");
}
