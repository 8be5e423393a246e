/** The Japanese texts, whole. */
import { activity } from "./ja/activity.ts";
import { general } from "./ja/general.ts";
import { pairing } from "./ja/pairing.ts";
import { problems } from "./ja/problems.ts";
import { settings } from "./ja/settings.ts";
import type { Texts } from "./texts.ts";

export const japanese: Texts = { general, pairing, activity, settings, problems };
