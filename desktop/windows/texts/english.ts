/** The English texts, whole. */
import { activity } from "./en/activity.ts";
import { general } from "./en/general.ts";
import { pairing } from "./en/pairing.ts";
import { problems } from "./en/problems.ts";
import { settings } from "./en/settings.ts";

export const english = { general, pairing, activity, settings, problems } as const;
export type EnglishTexts = typeof english;
