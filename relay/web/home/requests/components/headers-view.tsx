/** The answer's headers, as the API sent them. */
import type { HeaderPairs } from "#shared/mux/heads.ts";
import { shownLine } from "../body/shown-text.ts";

/** Of one value. UTF-16 units. */
const MAX_SHOWN = 4_000;

export function HeadersView({ headers }: { readonly headers: HeaderPairs }) {
  return (
    <dl class="api-headers">
      {headers.map(([name, value], index) => (
        <div key={index}>
          <dt class="mono">{shownLine(name)}</dt>
          <dd class="mono">
            <bdi>{shownLine(value.slice(0, MAX_SHOWN))}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
