/**
 * Carries the steps of our Dockerfile out in folders, where no container engine is needed: each stage is a folder that
 * stands for its file system. It knows the instructions that the file has and refuses others, so that it cannot be green
 * by leaving something out.
 */
import { cp, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface Image {
  /** Stands for `/`. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly directory: string;
  readonly entrypoint: readonly string[];
  readonly healthCheck: string;
  /** Paths that belong to the user, and not to root. */
  readonly owned: readonly string[];
}

export interface BuildOptions {
  readonly dockerfile: string;
  /** Where the context is, and its files as far as they are sent. */
  readonly context: string;
  readonly files: readonly string[];
  /** An empty folder. */
  readonly directory: string;
  /** Carries a RUN out. */
  readonly run: (command: string, cwd: string) => Promise<void>;
}

interface Stage {
  readonly root: string;
  cwd: string;
  env: Record<string, string>;
  user: string;
  entrypoint: string[];
  healthCheck: string;
  owned: string[];
}

/** The last stage, built. */
export async function buildInFolders(options: BuildOptions): Promise<Image> {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const { instruction, rest } of parse(await readFile(options.dockerfile, "utf8"))) {
    if (instruction === "ARG") continue;
    if (instruction === "FROM") {
      const name = / AS (\S+)$/.exec(rest)?.[1] ?? "last";
      const root = join(options.directory, name);
      await mkdir(root);
      stage = { root, cwd: "/", env: {}, user: "0", entrypoint: [], healthCheck: "", owned: [] };
      stages.set(name, stage);
    } else if (stage === undefined) {
      throw new Error(`${instruction} before FROM`);
    } else {
      await carryOut(stage, instruction, rest, { ...options, stages });
    }
  }
  if (stage === undefined) throw new Error("no stage");
  return { ...stage, directory: stage.cwd };
}

async function carryOut(
  stage: Stage,
  instruction: string,
  rest: string,
  options: BuildOptions & { readonly stages: ReadonlyMap<string, Stage> },
): Promise<void> {
  const inside = (path: string) => join(stage.root, path.startsWith("/") ? path : join(stage.cwd, path));
  switch (instruction) {
    case "WORKDIR":
      stage.cwd = rest;
      await mkdir(inside(rest), { recursive: true });
      return;
    case "RUN":
      return options.run(rest.replace(/^--mount=\S+\s+/, ""), inside("."));
    case "COPY": {
      const words = rest.split(/\s+/);
      const flag = (name: string) => words.find((word) => word.startsWith(`--${name}=`))?.split("=")[1];
      const places = words.filter((word) => !word.startsWith("--"));
      const to = places.pop() ?? "";
      if (flag("chown") === "1000:1000") stage.owned.push(to);
      const from = options.stages.get(flag("from") ?? "");
      if (flag("from") !== undefined && from === undefined) throw new Error(`no stage ${flag("from")}`);
      for (const place of places) {
        if (from === undefined) await copyContext(place, inside(to), options);
        else await copyOver(join(from.root, place), inside(to));
      }
      return;
    }
    case "ENV":
      for (const [, name = "", value = ""] of rest.matchAll(/(\w+)=(\S+)/g)) stage.env[name] = value;
      return;
    case "USER":
      stage.user = rest;
      return;
    case "ENTRYPOINT":
      stage.entrypoint = JSON.parse(rest);
      return;
    case "HEALTHCHECK":
      stage.healthCheck = rest.slice(rest.indexOf(" CMD ") + 5);
      return;
    case "LABEL":
    case "EXPOSE":
    case "STOPSIGNAL":
      return;
    default:
      throw new Error(`${instruction} is not known here`);
  }
}

async function copyContext(place: string, to: string, { context, files }: BuildOptions): Promise<void> {
  const chosen = files.filter((file) => place === "." || file === place || file.startsWith(`${place}/`));
  if (chosen.length === 0) throw new Error(`COPY ${place}: nothing of that name is sent`);
  for (const file of chosen) {
    const target = join(to, file);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(context, file), target);
  }
}

/** A folder's content goes into the target, as COPY has it. */
async function copyOver(from: string, to: string): Promise<void> {
  const isFolder = (await stat(from)).isDirectory();
  await mkdir(isFolder ? to : dirname(to), { recursive: true });
  const entries = isFolder ? (await readdir(from)).map((name) => join(from, name)) : [from];
  for (const entry of entries) {
    await cp(entry, isFolder ? join(to, basename(entry)) : to, { recursive: true, verbatimSymlinks: true });
  }
}

function parse(text: string): { instruction: string; rest: string }[] {
  const joined = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replace(/\\\n\s*/g, " ");
  return joined
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, instruction = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
      return { instruction, rest };
    });
}
