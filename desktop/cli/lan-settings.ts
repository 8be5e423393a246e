/** How `npm start -- --lan` turns settings into a relay for the phones of this network, and what it says about it; pure. */
import { isIP } from "node:net";
import type { Environment } from "#shared/config/settings.ts";
import { isLoopbackHost } from "../core/loopback.ts";
import type { LanAddress } from "./lan-address.ts";

export type LanSettings =
  | { readonly ok: true; readonly env: Environment; readonly url: string }
  /** For the user: why not, and what to do. */
  | { readonly ok: false; readonly problem: string };

/** The relay needs to know its own port beforehand, because its address is part of its name. */
export function lanSettings(env: Environment, addresses: readonly LanAddress[], port: number): LanSettings {
  const set = (name: string) => (env[name] ?? "").trim();
  if (set("ORA_RELAY_ENROLL_KEY") !== "") {
    return {
      ok: false,
      problem: "--lan is plain http, over which no node sends ORA_RELAY_ENROLL_KEY: leave one of the two out",
    };
  }
  const chosen = set("ORA_RELAY_HOST");
  if (chosen !== "" && isLoopbackHost(chosen)) {
    return { ok: false, problem: `--lan needs an address of the network, and ORA_RELAY_HOST is ${chosen}` };
  }
  const isEverywhere = chosen === "0.0.0.0" || chosen === "::";
  const address = chosen === "" || isEverywhere ? addresses[0]?.address : chosen;
  if (address === undefined) {
    return {
      ok: false,
      problem: "this PC is in no network: connect it to the phone's Wi-Fi, or leave --lan out",
    };
  }
  const url = `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
  return {
    ok: true,
    url,
    env: {
      ...env,
      ORA_RELAY_HOST: address,
      ORA_RELAY_PORT: String(port),
      ORA_RELAY_PUBLIC_URL: url,
    },
  };
}

/** What to know before scanning. */
export function lanLines(url: string, addresses: readonly LanAddress[]): string[] {
  const { hostname } = new URL(url);
  const others = addresses.map(({ address }) => address).filter((address) => !hostname.includes(address));
  return [
    `  phone    in the same network: scan the QR below, or open ${url}`,
    "           This is plain http. What phone and PC exchange is encrypted all the",
    "           same, but anybody in this network could change the page on its way.",
    "           On the page there is no camera, no “Open app” and no opening without a",
    "           network: those need https. The phone's camera app, typed codes, links",
    "           and “Requests” work. If the phone finds nothing, this PC's firewall may",
    "           be closed for the port.",
    ...(others.length === 0
      ? []
      : [
          `           Not that network? Set ORA_RELAY_HOST to ${others.length === 1 ? "" : "one of "}${others.join(", ")}.`,
        ]),
  ];
}
