/** English: what every window says. */
export const general = {
  /** For dates and numbers. */
  locale: "en-GB",
  noView: "This window could not be filled. Close it and open it again from the tray icon.",
  loading: "One moment …",
  cancel: "Cancel",
  chain: "The way from the phone to the app",
  hops: { phone: "Phone", relay: "Relay", pc: "PC", app: "App" },
  hopStates: {
    good: "good",
    broken: "broken",
    resting: "paused",
    behind: "not reached",
    waiting: "being looked for",
  },
  remedies: {
    resume: "Resume",
    try_now: "Try again",
    relay_settings: "Relay settings",
    api_settings: "App settings",
    proxy_settings: "Proxy settings",
  },
  retryIn: (seconds: number) => (seconds === 1 ? "Next try in 1 second." : `Next try in ${seconds} seconds.`),
  yesterday: (time: string) => `yesterday, ${time}`,
  status: (title: string, advice: string) => `${title} ${advice}`.trim(),
} as const;
