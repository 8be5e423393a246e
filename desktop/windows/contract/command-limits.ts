/** How large what a page sends may be. The fields' own rules are stricter; these come first. UTF-16 units. */
export const MAX_URL_LENGTH = 2_048;
export const MAX_NAME_INPUT_LENGTH = 1_024;
export const MAX_SECRET_INPUT_LENGTH = 4_096;
export const MAX_PATH_INPUT_LENGTH = 4_096;
export const MAX_ID_LENGTH = 128;
export const MAX_METHODS = 16;
/** As many as the activity list holds. */
export const MAX_EXPORTED_REQUESTS = 10_000;
