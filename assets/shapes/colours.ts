/** The colours of the icons: ink for the tray, the one accent for the app's own icon and favicon. */

/** Ink by the panel it stands on: `light` is dark ink for a light taskbar. */
export const INK = { light: "#1B1D22", dark: "#EDEBE6" } as const;

/** macOS colours template images itself and looks at their alpha alone. */
export const TEMPLATE_INK = "#000000";

export const ACCENT = { light: "#0B6E5F", dark: "#5FD3BC" } as const;
export const ON_ACCENT = "#FFFFFF";
