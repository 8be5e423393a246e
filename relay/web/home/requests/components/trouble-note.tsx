/** Why there is no answer, or not a whole one: the hop that broke, what is so, and what to do. */
import { Chain } from "#shared/looks/chain.tsx";
import type { HopState } from "#shared/looks/hop-state.ts";
import { HOPS, type ShownHop, type Trouble } from "../run/trouble.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";

export function TroubleNote({ trouble }: { readonly trouble: Trouble }) {
  const texts = useRequestsTexts();
  const { kind, hop, code } = trouble;
  const [what, advice] = texts.troubles[kind];
  return (
    <div class="api-trouble" role="alert">
      {hop !== undefined && (
        <Chain
          label={texts.chain}
          stateNames={texts.hopStates}
          links={HOPS.map((name) => ({ name: texts.hops[name], state: stateOf(name, hop) }))}
        />
      )}
      <p>
        <strong>{what}</strong> {advice}
      </p>
      <p class="support">{code}</p>
    </div>
  );
}

function stateOf(name: ShownHop, broken: ShownHop): HopState {
  const distance = HOPS.indexOf(name) - HOPS.indexOf(broken);
  return distance < 0 ? "good" : distance === 0 ? "broken" : "behind";
}
