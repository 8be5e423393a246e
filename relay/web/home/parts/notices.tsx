/** What is to be known about the page itself: above the list, in plain words, and never in the way. */
import { Button } from "#shared/looks/button.tsx";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";
import type { Notice } from "../view/home-view.ts";

export function Notices({ notices }: { readonly notices: readonly Notice[] }) {
  return (
    <>
      {notices.map((notice) => (
        <NoticePanel key={notice.kind} notice={notice} />
      ))}
    </>
  );
}

function NoticePanel({ notice }: { readonly notice: Notice }) {
  const { notices } = useTexts();
  const acts = useActs();
  switch (notice.kind) {
    case "plain_http":
      return <Words {...notices.plainHttp} />;
    case "not_kept":
      return <Words {...notices.notKept[notice.why]} />;
    case "damaged":
      return (
        <section class="panel panel-warn notice">
          <p>{notices.damaged(notice.count)}</p>
        </section>
      );
    case "outdated":
      return (
        <section class="panel panel-warn notice" role="status">
          <p>{notices.outdated.title}</p>
          <Button press={() => acts.reload()}>{notices.outdated.act}</Button>
        </section>
      );
  }
}

function Words({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section class="panel panel-warn notice">
      <p>
        <strong>{title}</strong> {text}
      </p>
    </section>
  );
}
