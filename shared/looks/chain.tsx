/** Dots on a line, one for each hop: which is good, which is broken, what lies behind it. Said in words for readers. */
import type { HopState } from "./hop-state.ts";

export interface ChainLink {
  readonly name: string;
  readonly state: HopState;
}

export interface ChainProps {
  readonly links: readonly ChainLink[];
  /** What the whole line is, for screen readers. */
  readonly label: string;
  readonly stateNames: Readonly<Record<HopState, string>>;
}

export function Chain({ links, label, stateNames }: ChainProps) {
  return (
    <ol class="chain" aria-label={label}>
      {links.map(({ name, state }) => (
        <li key={name} class={`hop-${state}`}>
          {name}
          <span class="unseen">: {stateNames[state]}</span>
        </li>
      ))}
    </ol>
  );
}
