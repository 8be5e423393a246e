/** Copies by way of the main process, and says for a moment that it did. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Live } from "#shared/looks/live.tsx";
import type { Result } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";

const SHOWN_MS = 2_000;

export interface CopyButtonProps {
  readonly children: ComponentChildren;
  readonly copy: () => Promise<Result<undefined>>;
  readonly kind?: "primary" | "plain" | undefined;
}

export function CopyButton({ children, copy, kind }: CopyButtonProps) {
  const { pairing, problems } = useTexts();
  const [said, setSaid] = useState<string | undefined>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => setSaid(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      <Button
        kind={kind}
        press={() =>
          void copy().then((result) => setSaid(result.ok ? pairing.copied : problems[result.problem]))
        }
      >
        <span class="swap">
          <span class={said === undefined ? "" : "swapped"}>{children}</span>
          {said !== undefined && <span>{said}</span>}
        </span>
      </Button>
      <Live text={said ?? ""} />
    </>
  );
}
