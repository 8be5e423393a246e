/** The home page. */
import "./design/home.css";
import { render } from "preact";

const root = document.getElementById("page");
if (root !== null) render(<main>ORA</main>, root);
