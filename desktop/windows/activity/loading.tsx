/** What stands there before the first view. */
import { useTexts } from "../dom/texts-context.ts";

const LINES = [0, 1, 2, 3, 4, 5];

export function LoadingActivity() {
  const { activity, general } = useTexts();
  return (
    <main class="activity" aria-busy="true">
      <h1>{activity.title}</h1>
      <p class="unseen">{general.loading}</p>
      <div class="skeleton-lines">
        {LINES.map((line) => (
          <div key={line} class="skeleton skeleton-line" />
        ))}
      </div>
    </main>
  );
}
