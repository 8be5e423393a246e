/** The two questions a page can ask and the one way it is told something. Only the preload and the main process know these. */

export const VIEW_CHANNEL = "ora:view";
export const COMMAND_CHANNEL = "ora:command";
export const PUSH_CHANNEL = "ora:push";
