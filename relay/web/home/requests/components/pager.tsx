/** Steps through the pages of something long. Nothing is drawn when there is one page alone. */
import { Button } from "#shared/looks/button.tsx";
import { count } from "#shared/looks/format.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";

export interface PagerProps {
  /** From 0. */
  readonly at: number;
  readonly pages: number;
  readonly go: (page: number) => void;
}

export function Pager({ at, pages, go }: PagerProps) {
  const texts = useRequestsTexts();
  if (pages <= 1) return null;
  const last = pages - 1;
  const step = (label: string, sign: string, to: number, isOff: boolean) => (
    <Button label={label} busy={isOff} press={() => go(to)}>
      {sign}
    </Button>
  );
  return (
    <fieldset class="api-pager" aria-label={texts.pages}>
      {step(texts.firstPage, "«", 0, at === 0)}
      {step(texts.previousPage, "‹", at - 1, at === 0)}
      <span class="api-page small" role="status">
        {texts.page(count(at + 1, texts.locale), count(pages, texts.locale))}
      </span>
      {step(texts.nextPage, "›", at + 1, at === last)}
      {step(texts.lastPage, "»", last, at === last)}
    </fieldset>
  );
}
