/** The arguments of `ora-relay doctor` and `ora-node doctor`. */
import { parseRelayUrl } from "#shared/protocol/relay-url.ts";

export interface DoctorArguments {
  readonly json: boolean;
  /** Stay connected for a while, to see whether something cuts what is idle. */
  readonly long: boolean;
  /** The address to examine, as `http(s)://host[:port][/base]`, in place of the configured one. */
  readonly address: string | undefined;
}

/** What the arguments say, or what is wrong with them. */
export function doctorArguments(args: readonly string[]): DoctorArguments | string {
  const rest = args.filter((arg) => arg !== "--json" && arg !== "--long");
  const [written, another] = rest;
  const json = args.includes("--json");
  const long = args.includes("--long");
  if (written === undefined) return { json, long, address: undefined };
  const option = rest.find((arg) => arg.startsWith("-"));
  if (option !== undefined) return `unknown argument ${JSON.stringify(option)}`;
  if (another !== undefined) return "one address, no more";
  const address = parseRelayUrl(/:\/\//.test(written) ? written : `https://${written}`);
  return address === undefined
    ? `${JSON.stringify(written)} is no address of a relay`
    : { json, long, address };
}
