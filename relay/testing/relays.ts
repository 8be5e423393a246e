/** Several relays of one name on a real bus. The time of each is moved by the test, that of the bus is its own. */
import { systemClock } from "../clock.ts";
import { loadRelayConfig } from "../config.ts";
import { clusterMaker } from "../elsewhere/cluster-maker.ts";
import { RelayHarness } from "./relay-harness.ts";

/** One more relay on the bus at `url`, and its instance of the cluster. */
export async function relayOnBus(
  url: string,
  environment: Record<string, string> = {},
): Promise<RelayHarness> {
  const settings = { ...environment, ORA_RELAY_NATS_URL: url };
  const make = await clusterMaker(loadRelayConfig({ environment: settings, dotEnv: {} }));
  if (make === undefined) throw new Error("there is no bus");
  return RelayHarness.start(settings, { cluster: (parts) => make({ ...parts, clock: systemClock }) });
}

/** What the relay has with the others. */
export function elsewhereOf({ relay }: RelayHarness) {
  const { elsewhere } = relay.state;
  if (elsewhere === undefined) throw new Error("this relay is alone");
  return elsewhere;
}
