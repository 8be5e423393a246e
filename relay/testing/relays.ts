/** Several relays of one name on a real bus. The time of each is moved by the test, that of the bus is its own. */
import { afterAll, afterEach, beforeAll } from "vitest";
import { systemClock } from "../clock.ts";
import { startNats, type TestNats } from "../cluster/testing/nats-server.ts";
import { loadRelayConfig } from "../config.ts";
import { clusterMaker } from "../elsewhere/cluster-maker.ts";
import { RelayHarness } from "./relay-harness.ts";

/** One more relay on the bus at `url`, and its instance of the cluster. */
async function relayOnBus(url: string, environment: Record<string, string> = {}): Promise<RelayHarness> {
  const settings = { ...environment, ORA_RELAY_NATS_URL: url };
  const make = await clusterMaker(loadRelayConfig({ environment: settings, dotEnv: {} }));
  if (make === undefined) throw new Error("there is no bus");
  return RelayHarness.start(settings, { cluster: (parts) => make({ ...parts, clock: systemClock }) });
}

/** A bus for the tests of one group, and relays on it that end with their test. */
export function relaysOnOneBus() {
  let nats: TestNats | undefined;
  const relays: RelayHarness[] = [];
  const bus = (): TestNats => {
    if (nats === undefined) throw new Error("the bus is there during a test alone");
    return nats;
  };
  beforeAll(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  });
  afterAll(() => nats?.close());
  return {
    bus,
    /** Those of the test that runs. */
    relays: relays as readonly RelayHarness[],
    async start(environment: Record<string, string> = {}): Promise<RelayHarness> {
      const relay = await relayOnBus(bus().url, environment);
      relays.push(relay);
      return relay;
    },
  };
}

/** What the relay has with the others. */
export function elsewhereOf({ relay }: RelayHarness) {
  const { elsewhere } = relay.state;
  if (elsewhere === undefined) throw new Error("this relay is alone");
  return elsewhere;
}
