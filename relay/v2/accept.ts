/** Fresh sockets of protocol 2: greeted with `welcome`, on probation, made into nodes and clients. */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { CHANNEL_BUFFER_BYTES } from "#shared/protocol/v2/limits.ts";
import type { Welcome } from "#shared/protocol/v2/relay-messages.ts";
import {
  CHANNEL_SLACK_BYTES,
  MAX_NODES,
  MAX_QUEUED_BYTES,
  V2_CLIENT_PROBATION,
  V2_NODE_PROBATION,
} from "../limits.ts";
import type { PeerSocket } from "../peer-socket.ts";
import type { Accepted } from "../peers.ts";
import { Probation, type ProbationLimits, type ProbationRegister } from "../probation.ts";
import { V2ClientSocket } from "./client-socket.ts";
import { V2NodeSocket } from "./node-socket.ts";
import type { V2State } from "./state.ts";

export class V2Acceptor {
  private readonly v2: V2State;
  private readonly unproven: ProbationRegister;

  constructor(options: { v2: V2State; unproven: ProbationRegister }) {
    this.v2 = options.v2;
    this.unproven = options.unproven;
  }

  node(accepted: Accepted): void {
    const { v2 } = this;
    if (v2.claims.size >= MAX_NODES) {
      v2.peers.refuse(accepted, CLOSE.RATE_LIMITED, "relay_full");
      return;
    }
    const peer = v2.peers.create(accepted, MAX_QUEUED_BYTES);
    const probation = this.probation(peer, V2_NODE_PROBATION);
    v2.peers.attachNode(peer, new V2NodeSocket({ peer, v2, probation }));
    this.welcome(peer, undefined);
  }

  client(accepted: Accepted): void {
    const { v2 } = this;
    const peer = v2.peers.create(accepted, CHANNEL_BUFFER_BYTES + CHANNEL_SLACK_BYTES);
    const probation = this.probation(peer, V2_CLIENT_PROBATION);
    v2.peers.attach(peer, new V2ClientSocket({ peer, v2, probation }));
    this.welcome(peer, v2.apps());
  }

  private probation(peer: PeerSocket, limits: ProbationLimits): Probation {
    return new Probation({ peer, register: this.unproven, clock: this.v2.relay.clock, limits });
  }

  private welcome(peer: PeerSocket, apps: string | undefined): void {
    const { config, clock } = this.v2.relay;
    const welcome: Welcome = {
      type: "welcome",
      v: 2,
      now: clock.unixSeconds(),
      limits: { channel_buffer: CHANNEL_BUFFER_BYTES },
      ...(config.publicUrl !== undefined && { public_url: config.publicUrl }),
      ...(apps !== undefined && { apps }),
    };
    peer.sendJson(welcome);
  }
}
