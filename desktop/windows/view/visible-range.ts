/** Which rows of a long list stand in sight, so that only these are in the page. */
export interface ListGeometry {
  readonly scrollTop: number;
  /** Of what can be seen at once. CSS pixels. */
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
}

/** Rows drawn beyond each edge, so that a quick scroll shows no holes. */
export const OVERSCAN_ROWS = 8;

/** From the first to before the last. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

export function visibleRange({ scrollTop, height, rowHeight, count }: ListGeometry): RowRange {
  const top = Math.min(Math.max(0, scrollTop), Math.max(0, count * rowHeight - height));
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN_ROWS);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + OVERSCAN_ROWS);
  return { first, end: Math.max(first, end) };
}

/** Where to scroll so that a row is in sight whole; the same place when it is. */
export function scrollToShow(index: number, { scrollTop, height, rowHeight }: ListGeometry): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}

/** The row that a key leads to; undefined for keys that lead nowhere. */
export function rowForKey(key: string, at: number, count: number, page: number): number | undefined {
  if (count === 0) return undefined;
  const bounded = (row: number) => Math.min(count - 1, Math.max(0, row));
  switch (key) {
    case "ArrowDown":
      return bounded(at + 1);
    case "ArrowUp":
      return bounded(at < 0 ? 0 : at - 1);
    case "PageDown":
      return bounded(at + page);
    case "PageUp":
      return bounded(at - page);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
