/** The chain of hops, in the window's language. */
import { type ChainLink, Chain as SharedChain } from "#shared/looks/chain.tsx";
import type { StatusView } from "../contract/status-view.ts";
import { useTexts } from "../dom/texts-context.ts";
import { hopStates } from "../view/hop-states.ts";

export function Chain({ links, label }: { readonly links: readonly ChainLink[]; readonly label: string }) {
  const { general } = useTexts();
  return <SharedChain links={links} label={label} stateNames={general.hopStates} />;
}

/** Phone - Relay - PC - App. */
export function StatusChain({ status }: { readonly status: StatusView }) {
  const { general } = useTexts();
  const links = hopStates(status).map(([hop, state]) => ({ name: general.hops[hop], state }));
  return <Chain links={links} label={general.chain} />;
}
