/** One PC of the list: who it is, how it is, and what to do with it or about it. */

import { useId } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Chain } from "#shared/looks/chain.tsx";
import { Mark } from "#shared/looks/mark.tsx";
import { Name } from "#shared/looks/name.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";
import type { PcView } from "../view/home-view.ts";
import { useNow } from "./use-now.ts";

export interface PcCardProps {
  readonly pc: PcView;
  /** It has the screen's one primary button. */
  readonly isFirst: boolean;
}

export function PcCard({ pc, isFirst }: PcCardProps) {
  const { list, hops, hopStates, chain } = useTexts();
  const acts = useActs();
  const { id, name, ring, line, words, remedy, retryAt } = pc;
  return (
    <li class="panel pc">
      <div class="pc-head">
        <Mark state={ring} size={28} />
        <div class="pc-names">
          <h2 class="pc-name">
            <Name text={name} />
          </h2>
          <p class="pc-line" role="status">
            {line}
          </p>
        </div>
        <button
          type="button"
          class="more"
          aria-label={list.more(visible(name))}
          onClick={() => acts.showPc(id)}
        >
          <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <circle cx="5" cy="12" r="2" />
            <circle cx="12" cy="12" r="2" />
            <circle cx="19" cy="12" r="2" />
          </svg>
        </button>
      </div>
      <Chain
        links={pc.hops.map(([hop, state]) => ({ name: hops[hop], state }))}
        label={chain}
        stateNames={hopStates}
      />
      {words !== undefined && (
        <div class="pc-words">
          <p>
            <strong>{words.title}</strong> {words.advice}
          </p>
          {retryAt !== undefined && <Countdown until={retryAt} />}
          {ring === "attention" && <p class="support">{words.code}</p>}
        </div>
      )}
      {pc.isConnected && <OpenApp pc={pc} isFirst={isFirst} />}
      {remedy === "try_now" && <Button press={() => acts.tryNow()}>{list.tryNow}</Button>}
      {remedy === "pair_again" && <Button press={() => acts.add()}>{list.pairAgain}</Button>}
    </li>
  );
}

function OpenApp({ pc, isFirst }: PcCardProps) {
  const { list } = useTexts();
  const acts = useActs();
  const why = useId();
  const { id, openApp, openTrouble } = pc;
  const isOff = openApp === "off" || openApp === "insecure";
  return (
    <>
      <div class="buttons pc-acts">
        <Button
          kind={isFirst && openApp === "ready" ? "primary" : undefined}
          guarded
          busy={openApp !== "ready"}
          describedBy={isOff ? why : undefined}
          press={() => acts.openApp(id)}
        >
          {openApp === "opening" ? list.opening : list.openApp}
        </Button>
        <Button press={() => acts.showRequests(id)}>{list.requests}</Button>
      </div>
      {isOff && (
        <p id={why} class="muted small">
          {openApp === "off" ? list.appOff : list.appInsecure}
        </p>
      )}
      {openTrouble !== undefined && (
        <p class="field-problem" role="alert">
          {openTrouble}
        </p>
      )}
    </>
  );
}

function Countdown({ until }: { readonly until: number }) {
  const { list } = useTexts();
  const now = useNow(true);
  const seconds = Math.ceil((until - now) / 1_000);
  return <p class="muted small">{seconds > 0 ? list.retryIn(seconds) : " "}</p>;
}
