/** What stands there before the first view. */
import { useTexts } from "../dom/texts-context.ts";

const LINES = [0, 1, 2, 3];

export function LoadingSettings() {
  const { settings, general } = useTexts();
  return (
    <main class="settings-main" aria-busy="true">
      <h1>{settings.title}</h1>
      <p class="unseen">{general.loading}</p>
      {LINES.map((line) => (
        <div key={line} class="skeleton skeleton-field" />
      ))}
    </main>
  );
}
