/** States of the tray for tests, each a few words away from a node to which nothing happens. */
import { type AppState, firstState, nextAppState } from "../app-state.ts";
import type { DeviceFacts, NodeFacts } from "../node-facts.ts";

/** 15 November 2023, 06:13:20 UTC. */
export const SAMPLE_NOW = 1_700_028_800_000;

export function sampleNode(changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    nodeId: "a".repeat(52),
    name: "Studio PC",
    relay: { kind: "connected", since: SAMPLE_NOW - 60_000 },
    relayOrigin: "https://relay.example",
    api: { kind: "up", since: SAMPLE_NOW - 60_000 },
    apiAddress: "http://127.0.0.1:8000",
    offers: { typedIsPaused: false },
    link: "https://relay.example/#P2.X",
    allowsPlaintext: false,
    devices: [],
    plaintext: [],
    questions: [],
    damaged: [],
    ...changes,
  };
}

export function sampleDevice(changes: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    id: "abcdefgh",
    name: "Pixel 9",
    isConnected: true,
    lastSeen: SAMPLE_NOW,
    created: SAMPLE_NOW - 86_400_000,
    isReadOnly: false,
    parent: undefined,
    ...changes,
  };
}

export function running(changes: Partial<NodeFacts> = {}): AppState {
  return nextAppState(firstState(0), { kind: "running", node: sampleNode(changes) }, SAMPLE_NOW);
}
