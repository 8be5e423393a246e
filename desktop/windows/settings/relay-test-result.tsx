/** What a test of the relay came to: the hops as a chain, one bold sentence, one plain one. */

import { duration } from "#shared/looks/format.ts";
import { Sentence } from "#shared/looks/sentence.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { Chain } from "../components/chain.tsx";
import type { RelayTest } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";
import { failedHop, testedHops } from "../view/relay-test-links.ts";

export function RelayTestResult({ test }: { readonly test: RelayTest }) {
  const { settings, general } = useTexts();
  const { relay } = settings;
  const links = testedHops(test).map(({ hop, state }) => ({ name: relay.hops[hop], state }));
  const failed = failedHop(test);
  return (
    <section class="panel test-result">
      <Chain links={links} label={relay.testTitle} />
      <div class="status-words" role="status">
        {failed === undefined ? (
          <strong>{relay.allGood(duration(test.ms ?? 0, general.locale))}</strong>
        ) : (
          <>
            <strong>{relay.failedAt[failed]}</strong>
            <p>{relay.adviceFor[failed]}</p>
          </>
        )}
        {test.protocol !== undefined && (
          <p class="muted small">
            <Sentence text={relay.protocol} parts={{ version: visible(test.protocol).slice(0, 32) }} />
          </p>
        )}
        {test.detail !== undefined && <p class="support">{visible(test.detail)}</p>}
      </div>
    </section>
  );
}
