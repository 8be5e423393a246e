/** The window whole: filter and tools above, the list, and beside it what is known of the chosen request. */
import { useMemo, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { count } from "#shared/looks/format.ts";
import { Live } from "#shared/looks/live.tsx";
import { Switch } from "../components/switch.tsx";
import type { ActivityView } from "../contract/activity-view.ts";
import type { OraBridge } from "../contract/bridge.ts";
import type { Drawn } from "../dom/start-page.tsx";
import { useTexts } from "../dom/texts-context.ts";
import { filterRows } from "../view/activity-rows.ts";
import { DetailsPanel } from "./details-panel.tsx";
import { RequestList } from "./request-list.tsx";

export interface ActivityWindowProps {
  readonly drawn: Drawn<ActivityView>;
  readonly ora: OraBridge;
}

export function ActivityWindow({ drawn, ora }: ActivityWindowProps) {
  const { activity, general, problems } = useTexts();
  const { view } = drawn;
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<number | undefined>();
  const [said, setSaid] = useState("");
  const rows = useMemo(
    () => filterRows(view.rows, filter, activity.outcomes),
    [view.rows, filter, activity.outcomes],
  );
  const chosenRow = rows.find(({ id }) => id === chosen);
  const all = count(view.rows.length, general.locale);
  const total =
    rows.length === view.rows.length
      ? view.rows.length === 1
        ? activity.one
        : activity.all(all)
      : activity.shown(count(rows.length, general.locale), all);
  const exportHar = () =>
    void ora.exportHar({ ids: rows.map(({ id }) => id) }).then((result) => {
      if (!result.ok) setSaid(problems[result.problem]);
      else setSaid(result.value.saved ? activity.exported : "");
    });
  return (
    <main class="activity">
      <header class="activity-head">
        <h1>{activity.title}</h1>
        <span class="muted small activity-total" role="status">
          {view.rows.length === 0 ? "" : total}
        </span>
        <input
          class="input activity-filter"
          type="search"
          aria-label={activity.filter}
          placeholder={activity.filterHint}
          spellcheck={false}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <div class="buttons">
          <Button press={exportHar} busy={rows.length === 0}>
            {activity.exportHar}
          </Button>
          <Button press={() => void ora.clearActivity()} busy={view.rows.length === 0}>
            {activity.clear}
          </Button>
        </div>
      </header>
      <div class="activity-capture">
        <Switch
          label={activity.capture}
          help={activity.captureHelp}
          on={view.capture}
          turn={(on) => void ora.setCapture({ on })}
        />
      </div>
      {said !== "" && <p class="small activity-said">{said}</p>}
      <Live text={said} />
      {view.rows.length === 0 ? (
        <div class="empty">
          <h2>{activity.emptyTitle}</h2>
          <p class="muted">{activity.emptyAdvice}</p>
          <Button kind="primary" press={() => void ora.openPairing()}>
            {activity.emptyAction}
          </Button>
        </div>
      ) : rows.length === 0 ? (
        <div class="empty">
          <h2>{activity.noMatchTitle}</h2>
          <Button press={() => setFilter("")}>{activity.noMatchAction}</Button>
        </div>
      ) : (
        <div class={chosenRow === undefined ? "activity-body" : "activity-body activity-body-split"}>
          <RequestList rows={rows} chosen={chosen} choose={setChosen} />
          {chosenRow !== undefined && (
            <DetailsPanel
              key={chosenRow.id}
              row={chosenRow}
              now={view.now}
              ora={ora}
              close={() => setChosen(undefined)}
            />
          )}
        </div>
      )}
    </main>
  );
}
