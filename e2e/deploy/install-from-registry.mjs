// Packs, and installs the package with npm itself into an empty prefix, as the runbook says: what the tests leave out,
// because it asks a registry. Ends with 0 when the three programs say their version.
//   node e2e/deploy/install-from-registry.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const checkout = join(import.meta.dirname, "..", "..");
const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
const root = mkdtempSync(join(tmpdir(), "ora-install-"));
try {
  const run = (program, args, cwd) =>
    execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  run("npm", ["pack", "--pack-destination", root], checkout);
  const [tarball = ""] = readdirSync(root);
  const prefix = join(root, "prefix");
  const options = ["--omit=dev", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  run("npm", ["install", "--global", "--prefix", prefix, ...options, join(root, tarball)], root);
  for (const name of ["ora-relay", "ora-node", "ora-connect"]) {
    const said = run(join(prefix, "bin", name), ["--version"], root).trim();
    process.stdout.write(`${said}\n`);
    if (said !== `${name} ${version}`) throw new Error(`${name} said ${said}`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
