/**
 * Typed settings from environment variables. A program lists its settings once; reading them gives typed
 * values or an error that names the variable, the value and what is allowed. An empty value counts as unset,
 * as in a `.env` line that ends at the equals sign.
 */
import { type KnownVariable, unknownVariables } from "#shared/config/variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting as its program declares it. */
export interface Setting<Value> {
  readonly variable: KnownVariable;
  /** What values are allowed, in words that end the sentence "allowed: …". */
  readonly allowed: string;
  readonly fallback: Value;
  /** A secret value is never shown: not in the effective configuration, not in an error. */
  readonly secret: boolean;
  /** The typed value, or undefined when the text is not allowed. */
  parse(text: string): Value | undefined;
}

/** A setting that cannot be used. The message is for the person who wrote it and holds no secret value. */
export class ConfigError extends Error {
  readonly code:
    | "config_unknown_name"
    | "config_bad_value"
    | "config_unreadable"
    | "config_unsafe_file"
    | "config_bad_line";
  /** The name of the variable, or of the file that cannot be read. */
  readonly variable: string;

  constructor(code: ConfigError["code"], variable: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConfigError";
    this.code = code;
    this.variable = variable;
  }
}

/** What a program says about a `.env` that is there and cannot be read. `error` is the system's. */
export function unreadableFile(path: string, error: unknown): ConfigError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  const message = `${path} cannot be read (${code}): make it a readable file, or remove it`;
  return new ConfigError("config_unreadable", path, message, { cause: error });
}

/** A whole number from `min` to `max`. With `clamp`, a number outside is moved to the nearer end. */
export function integer<Fallback extends number | undefined>(
  variable: KnownVariable,
  fallback: Fallback,
  range: { min: number; max: number; unit: string; clamp?: boolean },
): Setting<number | Fallback> {
  const { min, max, unit, clamp = false } = range;
  return {
    variable,
    fallback,
    secret: false,
    allowed: `a whole number of ${unit} from ${min} to ${max}${clamp ? " (others are moved to the nearer end)" : ""}`,
    parse(text) {
      if (!/^-?\d{1,15}$/.test(text)) return undefined;
      const value = Number(text);
      if (clamp) return Math.min(max, Math.max(min, value));
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** On or off: `1`, `true`, `yes`, `on` and their opposites, in any case. */
export function flag<Fallback extends boolean | undefined>(
  variable: KnownVariable,
  fallback: Fallback,
): Setting<boolean | Fallback> {
  return {
    variable,
    fallback,
    secret: false,
    allowed: "1 or 0 (also true/false, yes/no, on/off)",
    parse(text) {
      if (/^(1|true|yes|on)$/i.test(text)) return true;
      return /^(0|false|no|off)$/i.test(text) ? false : undefined;
    },
  };
}

/** One of a few words, in any case. */
export function choice<Word extends string, Fallback extends Word | undefined>(
  variable: KnownVariable,
  words: readonly Word[],
  fallback: Fallback,
): Setting<Word | Fallback> {
  return {
    variable,
    fallback,
    secret: false,
    allowed: words.join(", "),
    parse: (text) => words.find((word) => word === text.toLowerCase()),
  };
}

/** Text that `parse` accepts; the general form. */
export function text<Value, Fallback>(
  variable: KnownVariable,
  fallback: Fallback,
  allowed: string,
  parse: (text: string) => Value | undefined,
  options: { secret?: boolean } = {},
): Setting<Value | Fallback> {
  return { variable, fallback, allowed, parse, secret: options.secret ?? false };
}

/** The values of a record of settings. */
export type SettingValues<Settings> = {
  readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value> ? Value : never;
};

// biome-ignore lint/suspicious/noExplicitAny: a record of settings of different types has no narrower bound.
type AnySettings = Record<string, Setting<any>>;

const SHOWN_VALUE_LENGTH = 80;

/** All that may be a user and a password in front of a host, however badly the URL around it is written. */
const USER_INFO = /(^\s*[a-z][a-z0-9+.-]*:\/\/|^).*@/is;

function shown(setting: Setting<unknown>, value: string): string {
  if (setting.secret) return "(hidden)";
  const printable = value.replace(USER_INFO, "$1(hidden)@").replace(/[^\x20-\x7e]/g, "?");
  return JSON.stringify(
    printable.length > SHOWN_VALUE_LENGTH ? `${printable.slice(0, SHOWN_VALUE_LENGTH)}…` : printable,
  );
}

/**
 * Reads every setting of `settings` from `env`.
 * @throws {ConfigError} on a misspelt name of ours, or on a value that its setting does not allow.
 */
export function readSettings<Settings extends AnySettings>(
  env: Environment,
  settings: Settings,
): SettingValues<Settings> {
  const [unknown] = unknownVariables(env);
  if (unknown !== undefined) {
    throw new ConfigError(
      "config_unknown_name",
      unknown,
      `${unknown} is set, but no such setting exists: check its spelling, or remove it`,
    );
  }
  const values = Object.entries(settings).map(([key, setting]) => {
    const written = env[setting.variable]?.trim();
    if (written === undefined || written === "") return [key, setting.fallback];
    const value: unknown = setting.parse(written);
    if (value === undefined) {
      throw new ConfigError(
        "config_bad_value",
        setting.variable,
        `${setting.variable}=${shown(setting, written)} is not allowed; allowed: ${setting.allowed}`,
      );
    }
    return [key, value];
  });
  return Object.fromEntries(values);
}

/** The effective configuration as `NAME=value` lines for the start of a program, secrets masked. */
export function describeSettings<Settings extends AnySettings>(
  settings: Settings,
  values: SettingValues<Settings>,
): string[] {
  return Object.entries(settings).map(([key, setting]) => {
    const value: unknown = values[key as keyof Settings];
    if (value === undefined) return `${setting.variable}=(not set)`;
    if (setting.secret) return `${setting.variable}=(hidden)`;
    return `${setting.variable}=${typeof value === "boolean" ? Number(value) : String(value)}`;
  });
}
