/** The activity window: what paired devices ask of the app, as it happens. */
import { startPage } from "../dom/start-page.tsx";
import { nextActivity } from "../view/activity-rows.ts";
import { ActivityWindow } from "./activity-window.tsx";
import { LoadingActivity } from "./loading.tsx";

startPage({
  window: "activity",
  title: (texts) => texts.activity.title,
  next: nextActivity,
  loading: () => <LoadingActivity />,
  draw: (drawn, ora) => <ActivityWindow drawn={drawn} ora={ora} />,
});
