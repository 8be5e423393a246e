/** A part of the page that is loaded when it is wanted. When the relay has a newer page by then, it says so. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";

export interface LazyProps<Props> {
  readonly load: () => Promise<ComponentType<Props>>;
  readonly props: Props;
}

export function Lazy<Props extends object>({ load, props }: LazyProps<Props>) {
  const { loading, requests } = useTexts();
  const acts = useActs();
  // In an object, because a component is a function, which a state would call.
  const [loaded, setLoaded] = useState<{ readonly Part: ComponentType<Props> } | "failed">();
  useEffect(() => {
    let isLeft = false;
    load().then(
      (Part) => {
        if (!isLeft) setLoaded({ Part });
      },
      () => {
        if (!isLeft) setLoaded("failed");
      },
    );
    return () => {
      isLeft = true;
    };
  }, [load]);
  if (loaded === "failed") {
    return (
      <div class="scene">
        <p role="alert">{requests.failed}</p>
        <button type="button" class="button button-primary" onClick={() => acts.reload()}>
          {requests.reload}
        </button>
      </div>
    );
  }
  if (loaded === undefined) {
    return (
      <div class="scene" aria-busy="true">
        <span class="unseen">{loading}</span>
        <div class="skeleton skeleton-chain" />
        <div class="skeleton skeleton-button" />
      </div>
    );
  }
  return <loaded.Part {...props} />;
}
