/** How a dot of the chain is drawn. `resting`: broken by the owner's own wish. `waiting`: not known yet. */
export type HopState = "good" | "broken" | "resting" | "behind" | "waiting";
