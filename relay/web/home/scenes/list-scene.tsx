/** The list of PCs: empty with the one next step, loading, or full of cards. */
import { Button } from "#shared/looks/button.tsx";
import { Mark } from "#shared/looks/mark.tsx";
import { Footer } from "../parts/footer.tsx";
import { Notices } from "../parts/notices.tsx";
import { PcCard } from "../parts/pc-card.tsx";
import { ListBar } from "../parts/top-bar.tsx";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";
import type { HomeView, PcView } from "../view/home-view.ts";

export function ListScene({ view }: { readonly view: HomeView }) {
  const { pcs, isUnread, notices } = view;
  const texts = useTexts();
  const isEmpty = pcs !== undefined && pcs.length === 0;
  return (
    <>
      <ListBar isEmpty={isEmpty && !isUnread} />
      <main>
        <Notices notices={notices} />
        {pcs === undefined ? (
          <Loading />
        ) : isEmpty && isUnread ? (
          <Unread />
        ) : isEmpty ? (
          <Empty />
        ) : (
          <Cards pcs={pcs} label={texts.list.heading} />
        )}
      </main>
      <Footer {...view} />
    </>
  );
}

function Cards({ pcs, label }: { readonly pcs: readonly PcView[]; readonly label: string }) {
  const first = pcs.find(({ openApp }) => openApp === "ready");
  return (
    <ul class="pcs" aria-label={label}>
      {pcs.map((pc) => (
        <PcCard key={pc.id} pc={pc} isFirst={pc === first} />
      ))}
    </ul>
  );
}

function Empty() {
  const { list } = useTexts();
  const acts = useActs();
  return (
    <section class="empty">
      <Mark state="connecting" size={72} />
      <h2>{list.emptyTitle}</h2>
      <p>{list.emptyText}</p>
      <Button kind="primary" press={() => acts.add()}>
        {list.add}
      </Button>
      <p class="muted small">{list.emptyHow}</p>
    </section>
  );
}

/** Not empty: the browser has not given what is stored. */
function Unread() {
  const { list } = useTexts();
  const acts = useActs();
  return (
    <section class="empty" role="alert">
      <Mark state="attention" size={72} />
      <h2>{list.unreadTitle}</h2>
      <p>{list.unreadText}</p>
      <Button kind="primary" press={() => acts.readAgain()}>
        {list.unreadAgain}
      </Button>
    </section>
  );
}

function Loading() {
  const { loading } = useTexts();
  return (
    <section class="panel pc" aria-busy="true">
      <span class="unseen">{loading}</span>
      <div class="pc-head">
        <div class="skeleton skeleton-mark" />
        <div class="pc-names">
          <div class="skeleton skeleton-name" />
          <div class="skeleton skeleton-line" />
        </div>
      </div>
      <div class="skeleton skeleton-chain" />
      <div class="skeleton skeleton-button" />
    </section>
  );
}
