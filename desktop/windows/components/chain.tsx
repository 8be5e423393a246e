/** Dots on a line, one for each hop: which is good, which is broken, what lies behind it. Said in words for readers. */
import type { StatusView } from "../contract/status-view.ts";
import { useTexts } from "../dom/texts-context.ts";
import { type HopState, hopStates } from "../view/hop-states.ts";

export interface ChainLink {
  readonly name: string;
  readonly state: HopState;
}

export function Chain({ links, label }: { readonly links: readonly ChainLink[]; readonly label: string }) {
  const { general } = useTexts();
  return (
    <ol class="chain" aria-label={label}>
      {links.map(({ name, state }) => (
        <li key={name} class={`hop-${state}`}>
          {name}
          <span class="unseen">: {general.hopStates[state]}</span>
        </li>
      ))}
    </ol>
  );
}

/** Phone - Relay - PC - App. */
export function StatusChain({ status }: { readonly status: StatusView }) {
  const { general } = useTexts();
  const links = hopStates(status).map(([hop, state]) => ({ name: general.hops[hop], state }));
  return <Chain links={links} label={general.chain} />;
}
