/**
 * The release workflow's own scripts, run as they stand in its file with stand-ins for what they call: it signs when there is
 * a key and not otherwise, leaves no key where the next step could read it, and publishes everything with checksums.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkout } from "../support/checkout.ts";

const run = promisify(execFile);
const KEYS = [
  "CSC_LINK",
  "CSC_KEY_PASSWORD",
  "CSC_IDENTITY_AUTO_DISCOVERY",
  "APPLE_API_KEY",
  "APPLE_API_KEY_ID",
  "APPLE_API_ISSUER",
  "APPLE_API_KEY_BASE64",
  "IMAGE",
  "VERSION",
];

// What publishes runs on Linux, and so do the programs that its scripts call.
describe.skipIf(process.platform !== "linux")("the release workflow", () => {
  let root: string;
  let programs: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "ora-release-"));
    programs = join(root, "programs");
    await mkdir(programs);
    for (const name of ["node", "npx", "gh", "docker"]) {
      const script = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const kept = Object.fromEntries(${JSON.stringify(KEYS)}.map((name) => [name, process.env[name]]));
const call = { program: ${JSON.stringify(name)}, args: process.argv.slice(2), env: kept };
appendFileSync(${JSON.stringify(join(root, "calls"))}, JSON.stringify(call) + "\\n");
`;
      await writeFile(join(programs, name), script, { mode: 0o755 });
    }
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function step(
    name: string,
    options: { cwd: string; env?: Record<string, string>; matrix?: Record<string, string> },
  ) {
    const script = (await scriptOf(name)).replace(
      /\$\{\{ matrix\.(\w+) \}\}/g,
      (_, key) => options.matrix?.[key] ?? "",
    );
    expect(script).not.toContain("${{");
    const file = join(root, "step.sh");
    await writeFile(file, script);
    const PATH = `${programs}${delimiter}${process.env.PATH}`;
    await run("bash", ["-e", file], { cwd: options.cwd, env: { PATH, RUNNER_TEMP: root, ...options.env } });
    const text = await readFile(join(root, "calls"), "utf8").catch(() => "");
    await rm(join(root, "calls"), { force: true });
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { program: string; args: string[]; env: Record<string, string> });
  }

  const packaged = async (system: string, env: Record<string, string>) => {
    const cwd = join(root, system);
    await mkdir(cwd, { recursive: true });
    const none = {
      CSC_LINK: "",
      CSC_KEY_PASSWORD: "",
      APPLE_API_KEY_BASE64: "",
      APPLE_API_KEY_ID: "",
      APPLE_API_ISSUER: "",
    };
    const calls = await step("Package", {
      cwd,
      env: { ...none, GITHUB_REPOSITORY: "someone/ora-relay", ...env },
      matrix: { system, arch: "arm64" },
    });
    return { builder: calls.find(({ program }) => program === "npx"), files: await readdir(cwd) };
  };

  it("packs without signing where there is no key, and notes it where systems warn of that", async () => {
    for (const [system, noted] of [
      ["mac", ["unsigned-mac-arm64"]],
      ["win", ["unsigned-win-arm64"]],
      ["linux", []],
    ] as const) {
      const { builder, files } = await packaged(system, {});
      expect(builder?.args).toEqual([
        "electron-builder",
        `--${system}`,
        "--arm64",
        "--publish",
        "never",
        "-c.extraMetadata.homepage=https://github.com/someone/ora-relay",
      ]);
      expect(builder?.env).toEqual({ CSC_IDENTITY_AUTO_DISCOVERY: "false" });
      expect(files).toEqual(noted);
    }
  });

  it("signs and has Apple look at it when the keys are there", async () => {
    const { builder, files } = await packaged("mac", {
      CSC_LINK: "certificate",
      CSC_KEY_PASSWORD: "pw",
      APPLE_API_KEY_BASE64: Buffer.from("the key").toString("base64"),
      APPLE_API_KEY_ID: "id",
      APPLE_API_ISSUER: "issuer",
    });
    const key = join(root, "notary.p8");
    expect(builder?.env).toEqual({
      CSC_LINK: "certificate",
      CSC_KEY_PASSWORD: "pw",
      APPLE_API_KEY: key,
      APPLE_API_KEY_ID: "id",
      APPLE_API_ISSUER: "issuer",
    });
    expect(await readFile(key, "utf8")).toBe("the key");
    expect(files).toEqual([]);
  });

  it("publishes every package with a checksum that holds, and says which are not signed", async () => {
    const packages = join(root, "packages");
    await mkdir(join(packages, "release"), { recursive: true });
    const names = ["a.exe", "a.dmg", "a.zip", "a.AppImage", "a.deb", "a.tgz"];
    for (const name of names) await writeFile(join(packages, "release", name), name);
    await writeFile(join(packages, "unsigned-mac-x64"), "unsigned\n");
    await step("Checksums", { cwd: packages });
    const calls = await step("Release", {
      cwd: root,
      env: { GITHUB_REF_NAME: "v1.2.3", GITHUB_REPOSITORY: "someone/ora-relay" },
    });
    const [release, ...others] = calls;
    expect(others).toEqual([]);
    expect(release?.args.slice(0, 3)).toEqual(["release", "create", "v1.2.3"]);
    expect(release?.args).toContain("--verify-tag");
    const published = release?.args.filter((arg) => arg.startsWith("packages/")).map((arg) => arg.slice(9));
    expect(published?.sort()).toEqual([...names, "SHA256SUMS"].sort());
    await run("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: packages });
    const notes = await readFile(join(root, "notes.md"), "utf8");
    expect(notes).toContain("not signed");
    expect(notes).toContain("- mac-x64");
  });

  it("pushes the image under the repository's name and the tag's version", async () => {
    const [login, builder, bake] = await step("Image", {
      cwd: root,
      env: {
        REGISTRY_TOKEN: "token",
        GITHUB_ACTOR: "someone",
        GITHUB_REPOSITORY: "Someone/ORA-relay",
        GITHUB_REF_NAME: "v1.2.3",
      },
    });
    expect(login?.args).toEqual(["login", "ghcr.io", "--username", "someone", "--password-stdin"]);
    expect(builder?.args).toEqual(["buildx", "create", "--use"]);
    expect(bake?.args.slice(0, 2)).toEqual(["buildx", "bake"]);
    expect(bake?.env).toMatchObject({ IMAGE: "ghcr.io/someone/ora-relay", VERSION: "1.2.3" });
  });

  it("gives its keys to the step that signs, and the right to publish to the step that publishes", async () => {
    const text = await readFile(join(checkout, ".github", "workflows", "release.yml"), "utf8");
    const [, signing = ""] = /- name: Package\n([\s\S]*?)\n {6}- /.exec(text) ?? [];
    const secrets = (part: string) => part.match(/secrets\.\w+/g) ?? [];
    expect(secrets(signing).length).toBeGreaterThan(0);
    expect(secrets(text)).toEqual(secrets(signing));
    expect(text.match(/contents: write/g)).toHaveLength(1);
    expect(text.indexOf("contents: write")).toBeGreaterThan(text.indexOf("publish:"));
    // One of each kind, none emulated.
    for (const [system, arch] of [
      ["linux", "x64"],
      ["linux", "arm64"],
      ["mac", "x64"],
      ["mac", "arm64"],
      ["win", "x64"],
      ["win", "arm64"],
    ]) {
      expect(text).toMatch(new RegExp(`os: [\\w.-]+, arch: ${arch}, system: ${system} `));
    }
  });
});

/** The `run` of the step with this name, without its indentation. */
async function scriptOf(name: string): Promise<string> {
  const text = await readFile(join(checkout, ".github", "workflows", "release.yml"), "utf8");
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.trim() === `- name: ${name}`);
  const begin = lines.findIndex((line, index) => index > at && line.trim() === "run: |");
  if (at === -1 || begin === -1) throw new Error(`no script called ${name}`);
  const indent = (line: string) => line.length - line.trimStart().length;
  const depth = indent(lines[begin] ?? "");
  const end = lines.findIndex((line, index) => index > begin && line.trim() !== "" && indent(line) <= depth);
  return lines
    .slice(begin + 1, end === -1 ? undefined : end)
    .map((line) => line.slice(depth + 2))
    .join("\n");
}
