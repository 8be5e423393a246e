/** The four states of the ring: on the tray icon, in the windows, on the phone. */
export type RingState = "connected" | "connecting" | "attention" | "paused";
