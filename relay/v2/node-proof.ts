/**
 * A node's proof that it holds the key its id is (protocol section 3): hello, challenge, proof, each once and in this
 * order. What it proves is checked here too: that it was meant for this relay, and that its owner may register.
 */
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { challengeNode, type NodeChallenge } from "#shared/crypto/node-auth.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import type { NodeAuth, NodeHello } from "#shared/protocol/v2/relay-messages.ts";
import type { Enrolment } from "../enrolment/enrolment.ts";
import type { ServesHost } from "./served-host.ts";

export type ProofRefusal = "node_auth_failed" | "wrong_host" | "enrolment_refused";

/** What every node's proof is measured by. */
export interface ProofPolicy {
  readonly backend: CryptoBackend;
  readonly servesHost: ServesHost;
  readonly enrolment: Enrolment;
}

export interface ProvenNode {
  readonly nodeId: string;
  /** The hash of the enrolment key it came with; undefined where none is needed. */
  readonly enrolledBy: string | undefined;
  /** The number of this connection, by the node's own clock. */
  readonly epoch: number;
}

export class NodeProofCheck {
  private readonly policy: ProofPolicy;
  private challenge: NodeChallenge | undefined;
  private nodeId = "";

  constructor(policy: ProofPolicy) {
    this.policy = policy;
  }

  /** KN message 2 as b64u; undefined when the hello is none. */
  async hello({ node_id, noise }: NodeHello): Promise<string | undefined> {
    const hello = decodeBase64Url(noise);
    if (hello === undefined) return undefined;
    this.nodeId = node_id;
    this.challenge = await challengeNode({ backend: this.policy.backend, nodeId: node_id, hello });
    return this.challenge === undefined ? undefined : encodeBase64Url(this.challenge.challenge);
  }

  /** The node that has proved itself, or why it has not. */
  auth({ noise }: NodeAuth): ProvenNode | ProofRefusal {
    const { challenge, policy } = this;
    this.challenge = undefined;
    const sealed = decodeBase64Url(noise);
    const proof = sealed === undefined ? undefined : challenge?.verify(sealed);
    if (proof === undefined) return "node_auth_failed";
    if (!policy.servesHost(proof.host)) return "wrong_host";
    const { enrolment } = policy;
    const enrolledBy = enrolment.isRequired ? enrolment.keyFor(proof.enroll ?? "") : undefined;
    if (enrolment.isRequired && enrolledBy === undefined) return "enrolment_refused";
    return { nodeId: this.nodeId, enrolledBy, epoch: proof.epoch };
  }
}
