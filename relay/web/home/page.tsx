/** The home page's entry. */
import "./design/home.css";
import { start } from "./start.tsx";

const root = document.getElementById("page");
if (root !== null) void start(root);
