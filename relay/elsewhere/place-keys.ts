/** What nodes, routes and codes are called between instances: by hashes, so that the bus learns no name. */
import { createHash } from "node:crypto";
import { isFields } from "#shared/protocol/json-fields.ts";
import type { ClusterKey } from "../cluster/cluster.ts";

export function nodeKey(nodeId: string): ClusterKey {
  return `node.${hexSha256(nodeId)}`;
}

export function routeKey(route: string): ClusterKey {
  return `route.${hexSha256(route)}`;
}

/** `digest` is the sha256 of the code. */
export function codeKey(digest: Buffer): ClusterKey {
  return `code.${digest.toString("hex")}`;
}

/** What a question of another instance wants; "" when it is none. */
export function wantOf(question: unknown): string {
  return isFields(question) && typeof question.want === "string" ? question.want : "";
}

function hexSha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
