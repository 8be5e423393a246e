/** The home page in English. */

export const english = {
  /** For dates and numbers. */
  locale: "en-GB",
  title: "ORA",
  back: "Back",
  cancel: "Cancel",
  loading: "One moment …",
  yesterday: (time: string) => `yesterday, ${time}`,
  chain: "The way from this device to the app",
  hops: { phone: "Device", relay: "Relay", pc: "PC", app: "App" },
  hopStates: {
    good: "good",
    broken: "broken",
    resting: "asleep",
    behind: "not reached",
    waiting: "being looked for",
  },
  list: {
    heading: "Your PCs",
    add: "Add a PC",
    emptyTitle: "No PC is here yet.",
    emptyText:
      "Open ORA on your PC: it shows a QR code and a code to type. Scan or type it here, and your PC's app is on this device.",
    unreadTitle: "Your PCs could not be read.",
    unreadText:
      "This browser's storage does not answer. What it holds stays. Close other tabs of this page, and read again; if that does not help, restart the browser.",
    unreadAgain: "Read again",
    emptyHow: "Without ORA on the PC yet? Install ORA Relay there first.",
    openApp: "Open app",
    opening: "Opening …",
    requests: "Requests",
    more: (name: string) => `Name and settings of ${name}`,
    tryNow: "Try now",
    pairAgain: "Pair again",
    retryIn: (seconds: number) =>
      seconds === 1 ? "Next try in 1 second." : `Next try in ${seconds} seconds.`,
    appOff: "“Open app” is off: this relay has no address for apps. Whoever runs it can set ORA_RELAY_APPS.",
    appInsecure: "“Open app” needs a page that came over https. “Requests” works here.",
    tabBlocked: "The browser did not allow a new tab. Allow it for this page, then try again.",
    openFailed: (code: string) => `The app could not be opened. Try again. (${code})`,
  },
  line: {
    connected: "connected",
    connecting: "connecting …",
    pending: "waiting for the PC to confirm",
  },
  /** Under the name, with the time since when. */
  since: {
    offline: (time: string) => `no network since ${time}`,
    relay_unreachable: (time: string) => `relay unreachable since ${time}`,
    relay_untrusted: (time: string) => `relay not trusted since ${time}`,
    connection_lost: (time: string) => `connection lost at ${time}`,
    not_a_relay: (time: string) => `no relay answers since ${time}`,
    relay_restarting: (time: string) => `relay restarting since ${time}`,
    relay_busy: (time: string) => `relay busy since ${time}`,
    maybe_revoked: (time: string) => `not let through since ${time}`,
    pc_offline: (time: string) => `PC not reached since ${time}`,
    pc_asleep: (time: string) => `PC asleep since ${time}`,
    pc_stopped: (time: string) => `ORA on the PC stopped at ${time}`,
    pc_busy: (time: string) => `PC busy since ${time}`,
    revoked: (time: string) => `revoked on the PC, ${time}`,
    versions: (time: string) => `versions do not fit since ${time}`,
    not_authentic: (time: string) => `not your PC's answer since ${time}`,
    app_down: (time: string) => `the local app is not answering since ${time}`,
    key_lost: (time: string) => `key lost, ${time}`,
    other: (time: string) => `not connected since ${time}`,
  },
  trouble: {
    offline: {
      title: "This device has no network.",
      advice: "Turn off flight mode, or find Wi-Fi or a signal. It connects again by itself.",
    },
    relay_unreachable: {
      title: "The relay cannot be reached.",
      advice: "If other pages load, the relay may be down: ask whoever runs it. It connects again by itself.",
    },
    relay_untrusted: {
      title: "The relay's certificate is not valid.",
      advice: "Check this device's date and time. If they are right, ask whoever runs the relay.",
    },
    connection_lost: {
      title: "The connection was lost.",
      advice: "Nothing to do: it connects again by itself.",
    },
    not_a_relay: {
      title: "What answers here does not carry encrypted connections.",
      advice: "Ask whoever runs the relay to update it, or to set its public address.",
    },
    relay_restarting: { title: "The relay is restarting.", advice: "It connects again in a moment." },
    relay_busy: { title: "The relay is busy.", advice: "Wait a little. It connects again by itself." },
    maybe_revoked: {
      title: "The relay does not let this device through.",
      advice:
        "The PC may have revoked it. Look at the list of devices on the PC: if this device is not in it, pair again. Nothing was forgotten here.",
    },
    pc_offline: {
      title: "Relay reached, your PC was not.",
      advice: "Check that the PC is on and online, and that ORA runs on it.",
    },
    pc_asleep: { title: "Your PC is asleep.", advice: "It will be here again when it wakes." },
    pc_stopped: {
      title: "ORA was closed on the PC.",
      advice: "Start it there: this device connects by itself.",
    },
    pc_busy: { title: "Your PC has too much to do.", advice: "Wait a little. It connects again by itself." },
    revoked: {
      title: "Your PC does not let this device in any more.",
      advice: "It was revoked there. To come back, make a new code on the PC and pair again.",
    },
    versions: {
      title: "This page and the PC do not understand each other.",
      advice: "Update ORA on the PC, and reload this page.",
    },
    not_authentic: {
      title: "The answer does not come from your PC.",
      advice:
        "Something between here and there answered in its place. Nothing was sent to it. If it goes on, do not use this relay.",
    },
    app_down: {
      title: "PC reached, its app was not.",
      advice: "Start the app on the PC. If it runs, check its address in the settings of ORA there.",
    },
    key_lost: {
      title: "This browser has lost its key for the PC.",
      advice: "Make a new code on the PC and pair again.",
    },
    other: { title: "Something went wrong.", advice: "It tries again by itself." },
  },
  pairTrouble: {
    no_code: {
      title: "That is no code and no link.",
      advice: "The code has eight letters and digits, such as K7QX-9M2T. The PC shows it under its QR code.",
    },
    mangled_link: {
      title: "The link arrived damaged.",
      advice: "A part of it is missing or changed. Scan the QR code on the PC, or type the code below it.",
    },
    old_link: {
      title: "The link is of another version.",
      advice: "Reload this page to get the newest one, or type the code that the PC shows.",
    },
    plaintext_code: {
      title: "That is the code for clients without encryption.",
      advice: "Use the other one: four, a line, and four again.",
    },
    code_unknown: {
      title: "The relay knows no such code.",
      advice: "It may be mistyped, used, or older than two minutes. Look at the code that the PC shows now.",
    },
    code_used: {
      title: "The code was used already, or is too old.",
      advice: "Each is good once, for two minutes. Use the one that the PC shows now.",
    },
    code_spent: {
      title: "The connection broke while pairing.",
      advice: "The code is used up. Use the next one that the PC shows.",
    },
    wrong_code: {
      title: "The code is wrong.",
      advice: "That one cannot be tried again. Use the next one that the PC shows.",
    },
    refused: {
      title: "The PC said no.",
      advice: "Its owner did not allow this device. Ask, and pair again with a new code.",
    },
    pc_full: {
      title: "The PC has no room for this device.",
      advice:
        "It holds as many devices as it can. Remove one in the list of devices on the PC, and pair again with a new code.",
    },
    unconfirmed: {
      title: "The PC did not confirm.",
      advice: "It may have worked all the same. The PC is in your list: the next connection decides.",
    },
  },
  add: {
    title: "Add a PC",
    text: "ORA on your PC shows a QR code and a code to type.",
    scan: "Scan the QR code",
    type: "Type the code",
    scanInsecure:
      "The camera needs a page that came over https. Type the code instead, or scan with a phone's camera app.",
    scanAbsent:
      "This browser gives no camera to pages. Type the code instead, or scan with a phone's camera app.",
    cameraApp: "A phone's camera app can scan it, too: it opens this page.",
  },
  scan: {
    title: "Scan the QR code",
    text: "Let the code fill the frame.",
    starting: "Waiting for the camera …",
    looking: "Looking for a code",
    foreign: "That QR code is not from ORA.",
    denied: "The camera is not allowed for this page.",
    deniedAdvice: "Allow it in the browser's settings for this page, or type the code.",
    noCamera: "No camera was found.",
    busyCamera: "The camera is used by something else.",
    typeAdvice: "Type the code instead.",
    again: "Try again",
    type: "Type the code",
  },
  code: {
    title: "Type the code",
    label: "Code or link",
    help: "Eight letters and digits, as your PC shows them under the QR code. Capitals do not matter.",
    deviceName: "This device's name",
    deviceNameHelp: "So that you know it in the PC's list.",
    add: "Add this PC",
  },
  question: {
    title: "Add this PC?",
    text: "You opened a pairing link. If it comes from your own PC's screen, add it: this device can then use the app on that PC until you revoke it there.",
    stranger: "If somebody sent you the link, and it is not your PC, do not add it.",
    known: (name: string) => `This PC is in your list as “${name}”. Adding it again replaces that entry.`,
    through: (host: string) => `Through the relay ${host}.`,
    add: "Add this PC",
    no: "Do not add",
    notKept: "This browser keeps nothing: the PC will be gone when you close this tab.",
    addForTab: "Add until the tab is closed",
  },
  elsewhere: {
    title: "This PC uses another relay.",
    text: (host: string) => `Its page is at ${host}. Your list there is another one.`,
    go: (host: string) => `Open ${host}`,
  },
  pairing: {
    title: "Adding the PC …",
    text: "Both sides are proving to each other that they know the code.",
    checkTitle: "Do both screens show this number?",
    check: "Check number",
    checkText: (name: string) => `${name} shows the same number. If it asks, allow this device there.`,
    numberDiffers: "If the numbers differ, cancel: somebody is in between.",
  },
  paired: {
    title: (name: string) => `${name} is added`,
    text: "Compare: your PC shows this number, too. If it shows another one, remove the PC here, and revoke this device there.",
    done: "Done",
    differs: "The numbers differ: remove it",
    notKept: "It stays until you close this tab, because this browser keeps nothing.",
  },
  failed: { unspent: "Try again", again: "Try another code", done: "Back to the list" },
  pc: {
    nameLabel: "Name on this device",
    nameHelp: (name: string) => `The PC calls itself “${name}”. Leave the field empty to use that.`,
    deviceLabel: "This device's name on the PC",
    deviceHelp: "In the PC's list of devices.",
    deviceOffline: "Can be changed while the PC is connected.",
    deviceSent: "The PC was told.",
    save: "Save",
    saved: "Saved.",
    notSaved: "It could not be saved: this browser's storage refused.",
    forget: "Forget this PC",
    forgetTitle: (name: string) => `Forget ${name}?`,
    forgetText:
      "Its key on this device is deleted, which cannot be undone. To use the PC again, you need a new code from it.",
    forgetThere: "In the PC's list this device stays until you revoke it there.",
    forgetAct: (name: string) => `Forget ${name}`,
  },
  notices: {
    plainHttp: {
      title: "This page came without https.",
      text: "What you exchange with your PC is encrypted all the same, but anybody in this network could have changed this page. Use it at home, to try things out. The camera, “Open app” and opening without a network need https.",
    },
    notKept: {
      absent: {
        title: "This browser keeps nothing here.",
        text: "That is so in some private windows, or where storage is switched off. A PC that you add is gone when the tab is closed.",
      },
      full: {
        title: "This device's storage is full.",
        text: "What changes now is gone when the tab is closed. Make room, then reload this page.",
      },
      failed: {
        title: "This browser's storage does not answer.",
        text: "What changes now is gone when the tab is closed. Closing other tabs of this page and reloading may help.",
      },
    },
    damaged: (count: number) =>
      count === 1
        ? "One stored PC could not be read and was left as it is. Pair it again if you miss it."
        : `${count} stored PCs could not be read and were left as they are. Pair them again if you miss them.`,
    outdated: { title: "There is a newer version of this page.", act: "Reload" },
  },
  footer: {
    relay: (host: string) => `Relay: ${host}`,
    blind: "It carries what you and your PC say to each other, and cannot read it.",
    language: "Language",
    languages: { en: "English", ja: "日本語" },
    install: "Install this page",
    version: (version: string) => `ORA Relay ${version}`,
  },
  requests: { title: "Requests", failed: "This part of the page did not load.", reload: "Reload the page" },
  deviceNames: {
    iphone: "iPhone",
    ipad: "iPad",
    android: "Android phone",
    mac: "Mac",
    windows: "Windows PC",
    linux: "Linux PC",
    other: "Device",
  },
} as const;

export type EnglishTexts = typeof english;
