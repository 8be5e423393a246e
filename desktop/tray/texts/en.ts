/** The tray app in English. */
import { shorten } from "../menu-label.ts";
import { MAX_ORIGIN_LENGTH, type TrayTexts } from "./texts.ts";

const paren = (detail: string) => (detail === "" ? "" : ` (${detail})`);
const gone =
  (why: string) =>
  ({ relay, since, detail }: { relay: string; since: string; detail: string }) =>
    `No connection to ${relay} since ${since}: ${why}${paren(detail)}.`;

const STORE_FAILED = "A change could not be stored. It is lost when ORA ends.";
const itemsDamaged = (items: string) => `Cannot be read and was left as it is: ${items}.`;

function apart(hours: string): string {
  const days = Math.round(Number(hours) / 24);
  return days >= 2 ? `${days} days` : `${hours} hours`;
}

export const en: TrayTexts = {
  language: "en",
  standing: {
    connected: { title: ({ relay, since }) => `Connected through ${relay} since ${since}.`, advice: "" },
    connecting: {
      title: ({ relay }) => (relay === "" ? "Starting…" : `Connecting to ${relay}…`),
      advice: "",
    },
    no_relay: {
      title: () => "No relay is set up yet.",
      advice: "Enter the address of your relay in Settings.",
    },
    asked: {
      title: () => "A device asks to be let in.",
      advice: "Compare the number on both screens, then allow or refuse it.",
    },
    store_failed: {
      title: () => STORE_FAILED,
      advice: "Unlock the keychain, then make the change again.",
    },
    items_damaged: {
      title: ({ detail }) => itemsDamaged(detail),
      advice: "Restore it, or enter it again in Settings.",
    },
    paused: {
      title: ({ since }) => `Paused since ${since}. No device can reach this PC.`,
      advice: "Choose Resume to connect again.",
    },
    api_down: {
      title: ({ api, since }) => `The app at ${api} has not been there since ${since}.`,
      advice: "Start it, or correct its address in Settings.",
    },
    api_silent: {
      title: ({ api, since }) => `The app at ${api} has not answered since ${since}.`,
      advice: "See whether it hangs, or correct its address in Settings.",
    },
    keychain_missing: {
      title: () => "This PC has no keychain that can be used.",
      advice:
        "Install one (on Linux: gnome-keyring or KWallet) and start ORA again. Without it nothing is stored.",
    },
    keychain_locked: {
      title: () => "The keychain is locked or does not answer.",
      advice: "Unlock it, then choose Try again.",
    },
    keychain_failed: {
      title: ({ detail }) => `The keychain reports an error${paren(detail)}.`,
      advice: "Choose Try again. If that does not help, sign out and in again.",
    },
    store_damaged: {
      title: ({ detail }) => `Something stored in the keychain cannot be read${paren(detail)}.`,
      advice: "It was left as it is. Restore it, or enter it again in Settings.",
    },
    other_node: {
      title: () => "Another copy of ORA is already running on this PC.",
      advice: "Stop the other one, then choose Try again.",
    },
    proxy_socks: {
      title: () => "This system’s proxy is a SOCKS proxy, which ORA cannot go through.",
      advice: "Choose None or an HTTP proxy in Settings.",
    },
    start_failed: {
      title: () => "ORA could not start.",
      advice: "Choose Try again. The reason is in the log folder, under About.",
    },
    relay_unreachable: {
      title: gone("it cannot be reached"),
      advice: "Check that the relay is running and its address is right.",
    },
    relay_name_unknown: {
      title: gone("its name cannot be found"),
      advice: "Check that this PC is online and the relay’s address is spelt right.",
    },
    relay_timeout: { title: gone("it does not answer"), advice: "A firewall may be in the way." },
    relay_untrusted: {
      title: gone("its certificate is not trusted"),
      advice: "Ask whoever runs the relay.",
    },
    relay_http_status: {
      title: gone("what is there does not answer like a relay"),
      advice: "Check the path of the relay’s address.",
    },
    not_a_relay: {
      title: gone("something else than a relay answers there"),
      advice: "Check the relay’s address and its port.",
    },
    proxy_failed: {
      title: gone("the proxy does not let us through"),
      advice: "Check the proxy in Settings.",
    },
    relay_silent: { title: gone("it fell silent"), advice: "ORA keeps trying by itself." },
    relay_restarting: { title: gone("it is restarting"), advice: "ORA comes back by itself." },
    relay_closed: { title: gone("the connection was closed"), advice: "ORA keeps trying by itself." },
    relay_refused: {
      title: gone("it does not accept this PC"),
      advice: "Check the enrolment key in Settings, or ask whoever runs the relay.",
    },
    relay_too_old: {
      title: gone("it speaks another version"),
      advice: "Update the older of the two: the relay or this app.",
    },
    relay_has_no_v2: {
      title: gone("it does not serve encrypted connections"),
      advice: "Ask whoever runs the relay to set its public address.",
    },
    relay_busy: { title: gone("it takes nobody at the moment"), advice: "ORA keeps trying by itself." },
    message_too_big: {
      title: gone("a message was larger than it allows"),
      advice: "Ask whoever runs the relay to allow larger messages.",
    },
    id_in_use: {
      title: gone("this PC’s identity is in use on another machine"),
      advice: "Stop ORA there, or choose New identity in Settings.",
    },
  },
  notices: {
    store_failed: () => STORE_FAILED,
    items_damaged: itemsDamaged,
    old_relay: () => "This relay can read what passes: it speaks version 1 only.",
    enroll_key_withheld: () => "The enrolment key is not sent: the way to this relay is not encrypted.",
    relay_full: (detail) => `The relay has no room for ${detail} of your devices.`,
    plaintext_dropped: () => "A request that was not encrypted came in and was dropped.",
    clock_doubtful: (hours) =>
      `This PC’s clock and the relay’s are ${apart(hours)} apart. Until they agree, no unused device is forgotten.`,
    relay_named_otherwise: (origin) =>
      `The relay calls itself ${shorten(origin, MAX_ORIGIN_LENGTH)}. Links lead to the address in Settings.`,
    update_available: (detail) => `Version ${detail} is there.`,
  },
  hops: { phone: "Phone", relay: "Relay", pc: "PC", app: "App" },
  menu: {
    showCode: "Show code",
    newCode: "New code",
    copyLink: "Copy link",
    answer: (name) => `${name} asks to be let in…`,
    devices: "Devices",
    noDevices: "No devices yet",
    connected: "connected",
    lastSeen: (when) => `last seen ${when}`,
    device: (name, presence) => `${name} – ${presence}`,
    rename: "Rename…",
    readOnly: "Read only",
    revoke: (name) => `Revoke ${name}…`,
    notEncrypted: (peer) => `${peer} – not encrypted`,
    unknownPeer: "unknown address",
    endSession: "End this session",
    revokeAll: "Revoke all…",
    more: (count) => `${count} more in Settings…`,
    activity: "Activity",
    settings: "Settings…",
    pause: "Pause",
    resume: "Resume",
    startAtLogin: "Start at login",
    about: "About",
    version: (version) => `ORA Relay ${version}`,
    licences: "Licences",
    openLogs: "Open the log folder",
    newerRelease: (version) => `Get version ${version}…`,
    checkForUpdate: "Look for a newer release",
    quit: "Quit ORA",
  },
  notify: {
    paired: (name) => `${name} may now reach this PC`,
    pairedBody: (checkNumber) => `Check number ${checkNumber}. Not you? Undo throws it out.`,
    undo: "Undo",
    asks: (name) => `${name} asks to be let in`,
    asksBody: (checkNumber) => `Its screen should show ${checkNumber}. Open to allow or refuse.`,
    plaintextPaired: (peer) => `A client at ${peer} was let in, not encrypted`,
    plaintextPairedBody: "The relay can read what it does. It can be ended under Devices.",
    undone: (name) => `${name} was thrown out`,
    undoneBody: "It needs a new code to come back.",
    expired: (name) => `${name} was forgotten`,
    expiredBody: "It was not used for long. Pair it again when you need it.",
    notStored: (name) => `${name} could not be paired`,
    notStoredBody: "The keychain did not store it. Nothing has changed.",
    noRoomBody: "There are as many devices as there can be. Revoke one to make room.",
    wrongCode: "Somebody typed a wrong code",
    wrongCodeBody: "That code is used up. The next one is there.",
    linkCopied: "Link copied",
    linkCopiedBody: "It works once, and for two minutes. Send it only to yourself.",
    nothingToCopy: "There is no link at the moment",
    nothingToCopyBody: "One appears when this PC is connected to the relay.",
    newer: (version) => `Version ${version} is there`,
    newerBody: "Open this to see it. Nothing is installed by itself.",
    newest: "This is the newest release",
    newestBody: (version) => `You have version ${version}.`,
    notFoundOut: "Could not look for a newer release",
    notFoundOutBody: "The page with the releases did not answer. Try again later.",
  },
  dialog: {
    cancel: "Cancel",
    revoke: (name) => `Revoke ${name}?`,
    revokeBody: "What it is doing stops at once. It needs a new code to come back.",
    revokeButton: (name) => `Revoke ${name}`,
    revokeAll: (count) => (count === 1 ? "Revoke the one device?" : `Revoke all ${count} devices?`),
    revokeAllBody: "What they are doing stops at once. Each needs a new code to come back.",
    revokeAllButton: (count) => (count === 1 ? "Revoke it" : `Revoke all ${count}`),
    notDone: "That was not done",
    notDoneBody: "The keychain did not take the change. Unlock it and try again.",
    failedBody: "The reason is in the log folder, under About.",
  },
  windows: { pairing: "Pair a phone", activity: "Activity", settings: "Settings" },
};
