/**
 * The plaintext codes on offer here, as the other instances find them. Whoever posts one elsewhere redeems it here, once;
 * a code has one node among all instances.
 */
import { isFields } from "#shared/protocol/json-fields.ts";
import type { Cluster, Held } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import type { CodeWatch, Offers } from "../offers.ts";
import { codeKey, nodeKey, wantOf } from "./place-keys.ts";

/** Answers the question of another instance that redeems the code with this digest. */
export type AnswerRedeem = (
  digest: Buffer,
  question: Readonly<Record<string, unknown>>,
) => object | undefined;

export class CodePlaces implements CodeWatch {
  private readonly cluster: Cluster;
  private readonly offers: Offers;
  private readonly redeem: AnswerRedeem;
  private readonly held = new Map<string, Held>();

  constructor(options: { cluster: Cluster; offers: Offers; redeem: AnswerRedeem }) {
    this.cluster = options.cluster;
    this.offers = options.offers;
    this.redeem = options.redeem;
    options.offers.watch(this);
  }

  known(digest: Buffer): void {
    const key = codeKey(digest);
    this.held.set(key, this.cluster.hold(key, { answer: (question) => this.answer(digest, question) }));
  }

  forgotten(digest: Buffer): void {
    const key = codeKey(digest);
    // Several may have posted it in one moment, and the others shall hear that it was used.
    this.held.get(key)?.release({ answering: true });
    this.held.delete(key);
  }

  /** Makes a code that was just taken here known to be `nodeId`'s; it is withdrawn, and "taken", when it is not. */
  async settle(nodeId: string, digest: Buffer): Promise<"taken" | undefined> {
    const key = codeKey(digest);
    await this.held.get(key)?.known;
    if (!(await this.isTaken(nodeId, digest))) return undefined;
    this.offers.remove(nodeId, digest);
    return "taken";
  }

  private async isTaken(nodeId: string, digest: Buffer): Promise<boolean> {
    try {
      const answer = await this.cluster.ask(codeKey(digest), { want: "move", node: nodeKey(nodeId) });
      return isFields(answer) && answer.taken === true;
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      // A relay whose bus is away serves those that it has.
      return false;
    }
  }

  private answer(digest: Buffer, question: unknown): object | undefined {
    if (!isFields(question)) return undefined;
    if (wantOf(question) === "redeem") return this.redeem(digest, question);
    if (wantOf(question) !== "move") return undefined;
    return { taken: !this.offers.giveUp(digest, (nodeId) => nodeKey(nodeId) === question.node) };
  }
}
