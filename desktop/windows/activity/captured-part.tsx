/** Headers and body of one side, as text and nothing else: nothing of it is ever read as markup. */

import { bytes } from "#shared/looks/format.ts";
import { visible } from "#shared/looks/shorten-middle.ts";
import type { CapturedSide } from "../contract/activity-view.ts";
import { useTexts } from "../dom/texts-context.ts";

/** What is put into the page of a body. UTF-16 units. */
const MAX_SHOWN_BODY = 20_000;

export interface CapturedPartProps {
  readonly title: string;
  readonly side: CapturedSide;
  /** Nothing is said of a body where there never is one. */
  readonly mayHaveBody: boolean;
}

export function CapturedPart({ title, side, mayHaveBody }: CapturedPartProps) {
  const { activity, general } = useTexts();
  const { headers, body } = side;
  const isCut = body !== undefined && (body.truncated || body.text.length > MAX_SHOWN_BODY);
  return (
    <section class="captured">
      <h3>{title}</h3>
      <dl class="headers">
        {headers.map(([name, value], index) => (
          <div key={index}>
            <dt>{visible(name)}:</dt>
            <dd>
              <bdi>{visible(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {body === undefined && mayHaveBody && <p class="muted small">{activity.noBody}</p>}
      {body?.encoding === "base64" && (
        <p class="muted small">
          {activity.binaryBody(bytes(Math.floor((body.text.length * 3) / 4), general.locale))}
        </p>
      )}
      {body?.encoding === "utf8" && <pre class="body-text">{body.text.slice(0, MAX_SHOWN_BODY)}</pre>}
      {isCut && <p class="muted small">{activity.cutBody}</p>}
    </section>
  );
}
