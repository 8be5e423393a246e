/**
 * Caddy in front of several relays, with the file that is shipped for that, in which nothing is changed but where it
 * listens, and that it speaks plain HTTP on loopback.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "./checkout.ts";
import type { AtTheEnd } from "./endings.ts";
import { freePort } from "./free-port.ts";
import { type Program, startProgram } from "./program.ts";
import type { RelayInstance } from "./relay-cluster.ts";
import { until } from "./until.ts";

export interface Balancer {
  readonly program: Program;
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Where it would ask whether a certificate may be made for a name: `http://127.0.0.1:PORT` */
  readonly ask: string;
}

interface Configuration {
  apps: {
    http: {
      servers: Record<
        string,
        { listen: string[]; automatic_https?: object; routes: { match: { host: string[] }[] }[] }
      >;
    };
    tls?: object;
  };
}

/** `file` is the shipped one. */
export async function startBalancer(
  atTheEnd: AtTheEnd,
  relays: readonly RelayInstance[],
  file = join(checkout, "relay", "deploy", "caddy", "several.Caddyfile"),
): Promise<Balancer> {
  const folder = await mkdtemp(join(tmpdir(), "ora-balancer-"));
  atTheEnd(() => rm(folder, { recursive: true, force: true }));
  const [port, askPort] = [await freePort(), await freePort()];
  const admins = relays.map(({ admin }) => new URL(admin));
  const env = {
    RELAY_DOMAIN: "localhost",
    RELAY_UPSTREAMS: relays.map(({ origin }) => new URL(origin).host).join(" "),
    RELAY_ADMINS: admins.map(({ host }) => host).join(" "),
    RELAY_ADMIN_PORT: admins[0]?.port ?? "",
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
  const adapted = execFileSync("caddy", ["adapt", "--config", file], {
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { apps }: Configuration = JSON.parse(adapted);
  for (const server of Object.values(apps.http.servers)) {
    const isAsk = server.listen.some((place) => place.endsWith(":9012"));
    server.listen = [`127.0.0.1:${isAsk ? askPort : port}`];
    server.automatic_https = { disable: true };
    for (const { host } of server.routes.flatMap(({ match }) => match)) {
      if (host.includes("localhost")) host.push("127.0.0.1");
    }
  }
  delete apps.tls;
  const configuration = {
    admin: { disabled: true, config: { persist: false } },
    storage: { module: "file_system", root: join(folder, "caddy") },
    logging: { logs: { default: { level: "ERROR" } } },
    apps,
  };
  const config = join(folder, "caddy.json");
  await writeFile(config, JSON.stringify(configuration));
  const program = startProgram("caddy", ["run", "--config", config], { env });
  atTheEnd(() => program.stop());
  const origin = `http://127.0.0.1:${port}`;
  let ended = false;
  void program.exited.then(() => {
    ended = true;
  });
  await until("the balancer was there", async () => {
    if (ended) throw new Error(`it ended: ${program.lines.join("\n")}`);
    return fetch(`${origin}/health`).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status === 200;
      },
      () => false,
    );
  });
  return { program, port, origin, ask: `http://127.0.0.1:${askPort}` };
}
