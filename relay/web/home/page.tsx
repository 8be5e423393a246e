/** The home page's entry. Where a part of it did not arrive, it says so: nobody is left with a blank page. */
import "./design/home.css";
import { start } from "./start.tsx";

/** In both languages, because their texts may be what is missing. */
const NOT_WHOLE =
  "This page did not load whole. Reload it. ページを最後まで読み込めませんでした。読み込み直してください。";

const root = document.getElementById("page");
if (root !== null) {
  start(root).catch((error: unknown) => {
    // What is drawn already says more.
    if (root.childElementCount === 0) root.textContent = NOT_WHOLE;
    throw error;
  });
}
