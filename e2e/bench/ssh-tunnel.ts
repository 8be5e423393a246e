/**
 * The reference: `ssh -R` on loopback, with a session. Without one (`-N`) its small writes wait for
 * acknowledgements, up to 40 ms at a time, and the comparison would flatter us.
 */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../support/free-port.ts";
import { startProgram } from "../support/program.ts";

const run = promisify(execFile);

export interface SshTunnel {
  /** `http://` origin of the tunnel's far end. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Longer than any benchmark: the session that keeps the tunnel open. */
const SESSION_SECONDS = 1800;

/** Tunnels a free port to `targetPort`, both on loopback. Needs openssh-server and openssh-client. */
export async function startSshTunnel(targetPort: number): Promise<SshTunnel> {
  const folder = await mkdtemp(join(tmpdir(), "ora-bench-ssh-"));
  const [sshPort, port] = [await freePort(), await freePort()];
  for (const name of ["host", "user"]) {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
  }
  await run("cp", [join(folder, "user.pub"), join(folder, "authorized_keys")]);
  await chmod(join(folder, "authorized_keys"), 0o600);
  const config = join(folder, "sshd_config");
  await writeFile(
    config,
    [
      `Port ${sshPort}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(folder, "host")}`,
      `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
      "AllowTcpForwarding yes",
    ].join("\n"),
  );
  // sshd wants this folder for its unprivileged part; a system that has never started it lacks it.
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  const server = startProgram("/usr/sbin/sshd", ["-D", "-e", "-f", config]);
  await server.waitFor(/Server listening/);
  const client = startProgram("ssh", [
    ...["-F", "none", "-i", join(folder, "user"), "-p", String(sshPort)],
    ...["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
    ...["-o", "ExitOnForwardFailure=yes", "-R", `127.0.0.1:${port}:127.0.0.1:${targetPort}`],
    `${userInfo().username}@127.0.0.1`,
    `sleep ${SESSION_SECONDS}`,
  ]);
  const stop = async () => {
    await Promise.all([client.stop(), server.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  const origin = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answers = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (answers) return { origin, stop };
    await pause(100);
  }
  await stop();
  throw new Error(`the ssh tunnel did not come up:\n${[...server.lines, ...client.lines].join("\n")}`);
}
