/**
 * The few choices that are not about a PC: language, this device's name. They are kept where the browser keeps such
 * things, and for the time of the tab where it does not.
 */
import { LANGUAGES, type Language } from "../texts/language.ts";

/** Longest name of this device. UTF-16 units. */
export const MAX_DEVICE_NAME_LENGTH = 64;

export interface Preferences {
  /** As chosen here; undefined: the browser's. */
  readonly language: Language | undefined;
  readonly deviceName: string | undefined;
  setLanguage(language: Language): void;
  setDeviceName(name: string): void;
}

const LANGUAGE = "ora-language";
const DEVICE_NAME = "ora-device-name";

/** `storage` throws where the browser forbids it, also when it is only looked at. */
export function createPreferences(storage: () => Storage): Preferences {
  const memory = new Map<string, string>();
  const read = (key: string): string | undefined => {
    try {
      return memory.get(key) ?? storage().getItem(key) ?? undefined;
    } catch {
      // Forbidden: there is the memory.
      return memory.get(key);
    }
  };
  const write = (key: string, value: string) => {
    memory.set(key, value);
    try {
      storage().setItem(key, value);
    } catch {
      // Full or forbidden: it holds until the tab is closed.
    }
  };
  return {
    get language() {
      const stored = read(LANGUAGE);
      return LANGUAGES.find((language) => language === stored);
    },
    get deviceName() {
      return read(DEVICE_NAME)?.slice(0, MAX_DEVICE_NAME_LENGTH);
    },
    setLanguage: (language) => write(LANGUAGE, language),
    setDeviceName: (name) => write(DEVICE_NAME, name.slice(0, MAX_DEVICE_NAME_LENGTH)),
  };
}
