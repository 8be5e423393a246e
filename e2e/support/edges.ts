/**
 * Web servers in front of the relay, as ordinary processes in a folder of their own: nginx and Caddy with the files that
 * are shipped, in which nothing is changed but where they listen and where certificates are.
 */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "./checkout.ts";
import type { AtTheEnd } from "./endings.ts";
import { freePort } from "./free-port.ts";
import type { Certificate } from "./private-ca.ts";
import { type Program, startProgram } from "./program.ts";
import { until } from "./until.ts";

const DEPLOY = join(checkout, "relay", "deploy");

export interface Edge {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly program: Program;
}

export interface NginxOptions {
  readonly relayPort: number;
  readonly certificate: Certificate;
  /** Changes the shipped file further, to break it. */
  readonly change?: (configuration: string) => string;
}

export async function startNginx(atTheEnd: AtTheEnd, options: NginxOptions): Promise<Edge> {
  const { relayPort, certificate, change = (text) => text } = options;
  const folder = await freshFolder(atTheEnd);
  const port = await freePort();
  const shipped = await readFile(join(DEPLOY, "nginx", "ora-relay.conf"), "utf8");
  const site = change(shipped)
    .replace(/listen 443 ssl;/, `listen 127.0.0.1:${port} ssl;`)
    .replace(/ *listen \[::\]:443 ssl;\n/, "")
    .replace(/(ssl_certificate +)[^;]+/, `$1${certificate.cert}`)
    .replace(/(ssl_certificate_key +)[^;]+/, `$1${certificate.key}`)
    .replace("127.0.0.1:9010", `127.0.0.1:${relayPort}`);
  await writeFile(join(folder, "site.conf"), site);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n");
  const isRoot = process.getuid?.() === 0;
  await writeFile(
    join(folder, "nginx.conf"),
    `${isRoot ? "user root;" : ""}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http { access_log off; ${paths} include ${folder}/site.conf; }
`,
  );
  const program = startProgram("nginx", ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf")]);
  atTheEnd(() => program.stop());
  await listens(port, program);
  return { port, program };
}

export interface CaddyOptions {
  readonly relayPort: number;
  readonly adminPort: number;
  /** Signs the certificates that Caddy makes on demand. */
  readonly ca: Certificate;
}

interface CaddyServer {
  listen: string[];
  automatic_https?: object;
}

interface CaddyConfiguration {
  apps: {
    http: { https_port?: number; servers: Record<string, CaddyServer> };
    tls: { automation: { policies: { issuers?: object[] }[] } };
    pki?: object;
  };
}

export async function startCaddy(atTheEnd: AtTheEnd, options: CaddyOptions): Promise<Edge> {
  const folder = await freshFolder(atTheEnd);
  const port = await freePort();
  const env = {
    RELAY_UPSTREAM: `127.0.0.1:${options.relayPort}`,
    RELAY_ADMIN: `127.0.0.1:${options.adminPort}`,
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
  const adapted = execFileSync("caddy", ["adapt", "--config", join(DEPLOY, "caddy", "Caddyfile")], {
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { apps }: CaddyConfiguration = JSON.parse(adapted);
  apps.http.https_port = port;
  for (const server of Object.values(apps.http.servers)) {
    server.listen = [`127.0.0.1:${port}`];
    server.automatic_https = { disable_redirects: true };
  }
  // No authority of the internet knows these names.
  for (const policy of apps.tls.automation.policies) policy.issuers = [{ module: "internal" }];
  const root = { certificate: options.ca.cert, private_key: options.ca.key, format: "pem_file" };
  apps.pki = { certificate_authorities: { local: { install_trust: false, root } } };
  const configuration = {
    admin: { disabled: true, config: { persist: false } },
    storage: { module: "file_system", root: join(folder, "caddy") },
    apps,
  };
  const file = join(folder, "caddy.json");
  await writeFile(file, JSON.stringify(configuration));
  const program = startProgram("caddy", ["run", "--config", file], { env });
  atTheEnd(() => program.stop());
  await listens(port, program);
  return { port, program };
}

async function freshFolder(atTheEnd: AtTheEnd): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ora-edge-"));
  atTheEnd(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "logs"));
  return folder;
}

async function listens(port: number, program: Program): Promise<void> {
  let ended = false;
  void program.exited.then(() => {
    ended = true;
  });
  await until(`somebody listens on ${port}`, async () => {
    if (ended) throw new Error(`it ended: ${program.lines.join("\n")}`);
    return isOpen(port);
  });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const finish = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
  });
}
