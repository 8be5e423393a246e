/** A real node and real devices whose only relay is a hostile one, which has a real one behind it. */
import type { ConnectArguments, RelaySession } from "#shared/client/relay-client.ts";
import { type CoreNode, startCoreNode } from "./core-node.ts";
import { type PairedDevice, pairDevice, sessionIs } from "./device.ts";
import type { AtTheEnd } from "./endings.ts";
import { type Leg, type Meddler, startMeddler } from "./meddler.ts";
import { type RunningRelay, startTestRelay } from "./relay.ts";
import { type Routes, startRoutes } from "./routes.ts";

export interface HostileStage {
  readonly api: Routes;
  /** The real one. */
  readonly relay: RunningRelay;
  readonly meddler: Meddler;
  /** It keeps to encryption. */
  readonly node: CoreNode;
  newDevice(): Promise<PairedDevice>;
  /** A session that the PC has answered. */
  connected(device: PairedDevice, options?: Partial<ConnectArguments>): Promise<RelaySession>;
  /** The newest connection of a client. */
  lastClient(): Leg;
}

export async function startHostileStage(atTheEnd: AtTheEnd): Promise<HostileStage> {
  const api = await startRoutes(atTheEnd);
  api.on("/hello", (_, response) => response.end("hello"));
  const relay = await startTestRelay();
  atTheEnd(() => relay.close());
  const meddler = await startMeddler(relay.origin);
  atTheEnd(() => meddler.close());
  const node = await startCoreNode({
    relay: meddler.origin,
    api: api.origin,
    env: { ORA_NODE_ALLOW_PLAINTEXT: "0" },
  });
  atTheEnd(() => node.node.stop());
  let link: string | undefined;
  return {
    api,
    relay,
    meddler,
    node,
    async newDevice() {
      link = await node.link(link);
      return pairDevice({ text: link, relay: meddler.origin });
    },
    async connected(device, options) {
      const session = device.connect(options);
      atTheEnd(() => session.close());
      await sessionIs(session, "connected");
      return session;
    },
    lastClient() {
      const leg = meddler.legs.filter(({ end }) => end === "client").at(-1);
      if (leg === undefined) throw new Error("no client is connected");
      return leg;
    },
  };
}

/** The API's answer to `/hello`, through the tunnel. */
export async function hello(session: RelaySession): Promise<string> {
  return (await session.fetch("/hello")).text();
}
