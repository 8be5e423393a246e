/** The end of each trial: the phone is thrown out on the PC while the app is in use. */
import type { OpenedApp } from "./phone.ts";
import { must, type Steps } from "./steps.ts";

const TITLE = /does not let this browser in any more/;

export async function revokedInUse(
  { page, origin, context, revoke }: OpenedApp,
  steps: Steps,
): Promise<void> {
  let last = page;
  await steps.take(
    "revoked on the PC: the open page stops and says so",
    () => last,
    async () => {
      await page.goto(`${origin}/`);
      await revoke();
      await page.getByRole("heading", { name: TITLE }).waitFor();
    },
  );
  await steps.take(
    "revoked: a new tab and a fetch get nothing of the app",
    () => last,
    async () => {
      last = await context.newPage();
      await last.goto(`${origin}/`);
      await last.getByRole("heading", { name: TITLE }).waitFor();
      const status = await last.evaluate(() =>
        fetch("/").then(
          (response) => response.status,
          () => "network error",
        ),
      );
      must(status === "network error" || status === 503, `a fetch was answered with ${status}`);
    },
  );
}
