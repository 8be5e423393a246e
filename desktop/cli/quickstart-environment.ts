/** How `npm start` fits the settings of the relay and the node to each other; pure. */
import type { Environment } from "#shared/config/settings.ts";

/**
 * The environment of both parts. The relay is our own child on this machine, so plaintext shows nobody anything that
 * this machine does not know, unless strangers reach it under a public URL, or the
 * owner wants to be asked about everybody; its log keeps to what needs attention.
 */
export function quickstartEnvironment(env: Environment, { asks }: { asks: boolean }): Environment {
  const unset = (name: string) => (env[name] ?? "").trim() === "";
  const { ORA_RELAY_URL: _, ...rest } = env;
  return {
    ...rest,
    ...(unset("ORA_RELAY_LOG_LEVEL") && { ORA_RELAY_LOG_LEVEL: "warn" }),
    ...(unset("ORA_NODE_ALLOW_PLAINTEXT") &&
      !asks &&
      unset("ORA_RELAY_PUBLIC_URL") && { ORA_NODE_ALLOW_PLAINTEXT: "1" }),
  };
}

/** Where to reach a relay that says it listens at `url`: one that listens everywhere is reached over loopback. */
export function dialUrl(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

/** Whether a relay URL was written down that is not the one at `own`. */
export function isElsewhere(written: string | undefined, own: string): boolean {
  const text = written?.trim() ?? "";
  if (text === "") return false;
  return new URL(text.replace(/^ws/i, "http")).host !== new URL(own).host;
}
