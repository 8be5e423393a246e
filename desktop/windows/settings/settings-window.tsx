/** The sections, and the one that is open. The menu can ask for another; the first run has one alone. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { SETTINGS_SECTIONS, type SettingsSection } from "../contract/settings-sections.ts";
import { useTexts } from "../dom/texts-context.ts";
import { AboutSection } from "./about-section.tsx";
import { ApiSection } from "./api-section.tsx";
import { AppSection } from "./app-section.tsx";
import { DevicesSection } from "./devices-section.tsx";
import { HeadersSection } from "./headers-section.tsx";
import { PairingSection } from "./pairing-section.tsx";
import { RelaySection } from "./relay-section.tsx";
import { RulesSection } from "./rules-section.tsx";
import type { SectionProps } from "./section-props.ts";
import { StoreProblems } from "./store-problems.tsx";

const SECTIONS = {
  relay: RelaySection,
  api: ApiSection,
  devices: DevicesSection,
  rules: RulesSection,
  headers: HeadersSection,
  pairing: PairingSection,
  app: AppSection,
  about: AboutSection,
} as const;

export function SettingsWindow({ view, ora }: Omit<SectionProps, "open">) {
  const { settings } = useTexts();
  const [section, setSection] = useState<SettingsSection>(view.led.section);
  useLayoutEffect(() => setSection(view.led.section), [view.led.times]);
  const heading = useRef<HTMLHeadingElement>(null);
  const Section = SECTIONS[section];
  const open = (next: SettingsSection) => {
    setSection(next);
    requestAnimationFrame(() => heading.current?.focus());
  };
  if (view.firstRun) {
    return (
      <main class="settings-main settings-first">
        <StoreProblems view={view} ora={ora} />
        <RelaySection view={view} ora={ora} open={open} />
      </main>
    );
  }
  return (
    <div class="settings">
      <nav class="settings-nav" aria-label={settings.title}>
        <h1>{settings.title}</h1>
        <ul>
          {SETTINGS_SECTIONS.map((name) => (
            <li key={name}>
              <button
                type="button"
                class="settings-link"
                aria-current={name === section ? "page" : undefined}
                onClick={() => open(name)}
              >
                {settings.sections[name]}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <main class="settings-main">
        <h2 ref={heading} tabIndex={-1} class="section-title">
          {settings.sections[section]}
        </h2>
        <StoreProblems view={view} ora={ora} />
        <Section view={view} ora={ora} open={open} />
      </main>
    </div>
  );
}
