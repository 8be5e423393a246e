/** Copies, and says for a moment whether it did. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Live } from "#shared/looks/live.tsx";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { copyText } from "./copy-text.ts";

const SHOWN_MS = 2_000;

export interface CopyButtonProps {
  readonly children: ComponentChildren;
  readonly text: () => string;
  readonly failed?: () => void;
}

export function CopyButton({ children, text, failed }: CopyButtonProps) {
  const { copied } = useRequestsTexts();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <>
      <Button
        press={() =>
          void copyText(text()).then((isDone) => {
            setCopied(isDone);
            if (!isDone) failed?.();
          })
        }
      >
        {isCopied ? copied : children}
      </Button>
      <Live text={isCopied ? copied : ""} />
    </>
  );
}
