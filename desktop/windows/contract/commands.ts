/**
 * What crosses from a page to the main process: one strict decoder for each named command. A page is treated as a
 * stranger: a key too many, a value of another kind or one above its limit makes the whole command void. What a value
 * means (is this an address? is this rule sound?) is decided behind the decoder, with a reason for the field.
 */
import * as v from "valibot";
import {
  MAX_EXPORTED_REQUESTS,
  MAX_ID_LENGTH,
  MAX_METHODS,
  MAX_NAME_INPUT_LENGTH,
  MAX_PATH_INPUT_LENGTH,
  MAX_SECRET_INPUT_LENGTH,
  MAX_URL_LENGTH,
} from "./command-limits.ts";
import { type CommandName, mayCommand, type WindowName } from "./command-names.ts";
import { SETTINGS_SECTIONS } from "./settings-sections.ts";

const text = (limit: number) => v.pipe(v.string(), v.maxLength(limit));
const id = v.pipe(v.string(), v.regex(/^[\w:.-]*$/), v.maxLength(MAX_ID_LENGTH));
const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const url = text(MAX_URL_LENGTH);
const method = v.pipe(v.string(), v.regex(/^[A-Z]{1,32}$/));
const nothing = v.strictObject({});

/** A setting and its new value. Each is saved by itself, when it is good. */
const setting = v.variant("key", [
  v.strictObject({ key: v.literal("relayUrl"), value: url }),
  v.strictObject({ key: v.literal("apiUrl"), value: url }),
  v.strictObject({ key: v.literal("pcName"), value: text(MAX_NAME_INPUT_LENGTH) }),
  v.strictObject({ key: v.literal("askBeforePairing"), value: v.boolean() }),
  /** `auto`: as protocol section 6 says, by where the relay is. */
  v.strictObject({ key: v.literal("plaintext"), value: v.picklist(["auto", "allow", "refuse"]) }),
  v.strictObject({ key: v.literal("deviceExpiryDays"), value: v.pipe(v.number(), v.safeInteger()) }),
  v.strictObject({ key: v.literal("startAtLogin"), value: v.boolean() }),
  v.strictObject({
    key: v.literal("proxy"),
    value: v.variant("kind", [
      v.strictObject({ kind: v.literal("system") }),
      v.strictObject({ kind: v.literal("none") }),
      v.strictObject({ kind: v.literal("manual"), url }),
    ]),
  }),
  v.strictObject({ key: v.literal("language"), value: v.picklist(["system", "en", "ja"]) }),
  v.strictObject({ key: v.literal("checkForUpdates"), value: v.boolean() }),
]);

const rule = {
  effect: v.picklist(["allow", "deny"]),
  /** Empty for all. */
  methods: v.pipe(v.array(method), v.maxLength(MAX_METHODS)),
  prefix: text(MAX_PATH_INPUT_LENGTH),
  /** A device's id or `plaintext`; absent for everybody. */
  device: v.optional(id),
};

/** Command → the decoder of its one argument. */
const SCHEMAS = {
  newCode: nothing,
  copyCode: v.strictObject({ which: v.picklist(["typed", "plaintext"]) }),
  copyLink: nothing,
  decide: v.strictObject({ question: number, allow: v.boolean() }),
  undoPairing: v.strictObject({ device: id }),
  dismissPaired: v.strictObject({ device: id }),
  resume: nothing,
  tryNow: nothing,
  openSettings: v.strictObject({ section: v.picklist(SETTINGS_SECTIONS) }),
  openPairing: nothing,

  activityDetails: v.strictObject({ id: number }),
  setCapture: v.strictObject({ on: v.boolean() }),
  clearActivity: nothing,
  copyCurl: v.strictObject({ id: number }),
  exportHar: v.strictObject({ ids: v.pipe(v.array(number), v.maxLength(MAX_EXPORTED_REQUESTS)) }),

  saveSetting: setting,
  /** Empty: forget it. */
  setEnrollKey: v.strictObject({ value: text(MAX_SECRET_INPUT_LENGTH) }),
  testRelay: v.strictObject({ url }),
  detectApis: nothing,
  testApi: v.strictObject({ url }),
  renameDevice: v.strictObject({ device: id, name: text(MAX_NAME_INPUT_LENGTH) }),
  setReadOnly: v.strictObject({ device: id, readOnly: v.boolean() }),
  revokeDevice: v.strictObject({ device: id }),
  revokeSession: v.strictObject({ session: id }),
  revokeAll: nothing,
  addRule: v.strictObject(rule),
  removeRule: v.strictObject({ number }),
  wouldAllow: v.strictObject({ device: id, method, path: text(MAX_PATH_INPUT_LENGTH) }),
  setHeader: v.strictObject({ name: text(MAX_NAME_INPUT_LENGTH), value: text(MAX_SECRET_INPUT_LENGTH) }),
  removeHeader: v.strictObject({ name: text(MAX_NAME_INPUT_LENGTH) }),
  newIdentity: nothing,
  checkForUpdate: nothing,
  openReleasePage: nothing,
  openLogFolder: nothing,
  openLicences: nothing,
} as const satisfies Readonly<Record<CommandName, v.GenericSchema>>;

/** What each command is given. */
export type CommandInputs = { readonly [Name in CommandName]: v.InferOutput<(typeof SCHEMAS)[Name]> };

/** A command that was understood, as one value to switch over. */
export type Command = {
  readonly [Name in CommandName]: { readonly name: Name; readonly input: CommandInputs[Name] };
}[CommandName];

/** Reads what a page of `window` sent; undefined for anything it may not say, or not like this. Never throws. */
export function decodeCommand(window: WindowName, name: unknown, input: unknown): Command | undefined {
  if (!mayCommand(window, name)) return undefined;
  const schema: v.GenericSchema = SCHEMAS[name];
  const read = v.safeParse(schema, input ?? {});
  if (!read.success) return undefined;
  // Name and schema come from the same row of the table.
  return { name, input: read.output } as Command;
}
