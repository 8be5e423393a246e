/** One device: here or last seen, its name, what it may do, and the button that throws it out. */
import { useLayoutEffect, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { moment } from "#shared/looks/format.ts";
import { Name } from "#shared/looks/name.tsx";
import { Sentence } from "#shared/looks/sentence.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { Dialog } from "../components/dialog.tsx";
import { Switch } from "../components/switch.tsx";
import { TextField } from "../components/text-field.tsx";
import type { OraBridge } from "../contract/bridge.ts";
import type { DeviceView } from "../contract/settings-view.ts";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";

export interface DeviceItemProps {
  readonly device: DeviceView;
  readonly now: number;
  readonly ora: OraBridge;
  /** Counts how often the menu asked for its name to be typed. */
  readonly asked?: number | undefined;
}

export function DeviceItem({ device, now, ora, asked }: DeviceItemProps) {
  const { settings, general } = useTexts();
  const { devices: words } = settings;
  const { id, name, connected, lastSeen, readOnly, parentName } = device;
  const [open, setOpen] = useState<"rename" | "revoke" | undefined>();
  const { busy, problem, send } = useCommand();
  const named = (text: string) => text.replace("{name}", () => visible(name));
  const close = () => setOpen(undefined);
  useLayoutEffect(() => {
    if (asked !== undefined) setOpen("rename");
  }, [asked]);
  return (
    <li class="device">
      <div class="row">
        <span class={connected ? "presence presence-here" : "presence"} aria-hidden="true" />
        <div class="row-main">
          <strong class="device-name">
            <Name text={name} />
          </strong>
          <p class="muted small">
            {connected ? words.connected : words.lastSeen(moment(lastSeen, now, general))}
            {parentName !== undefined && (
              <>
                {" · "}
                <Sentence text={words.childOf} parts={{ name: <Name text={parentName} /> }} />
              </>
            )}
          </p>
        </div>
        <Switch
          label={
            <>
              {words.readOnly}
              <span class="unseen"> {visible(name)}</span>
            </>
          }
          on={readOnly}
          busy={busy}
          problem={open === undefined ? problem : undefined}
          turn={(on) => void send(() => ora.setReadOnly({ device: id, readOnly: on }))}
        />
        <div class="buttons">
          <Button
            kind="plain"
            label={`${words.rename}: ${visible(name)}`}
            press={() => setOpen(open === "rename" ? undefined : "rename")}
          >
            {words.rename}
          </Button>
          <Button kind="plain" bad label={named(words.revokeNamed)} press={() => setOpen("revoke")}>
            {words.revoke}
          </Button>
        </div>
      </div>
      {open === "rename" && (
        <TextField
          label={words.newName}
          value={name}
          primary
          focus
          save={async (value) => {
            const result = await ora.renameDevice({ device: id, name: value });
            if (result.ok) close();
            return result;
          }}
        >
          <Button press={close}>{general.cancel}</Button>
        </TextField>
      )}
      {open === "revoke" && (
        <Dialog
          title={
            <Sentence text={words.revokeTitle} parts={{ name: <Name text={name} focusable={false} /> }} />
          }
          act={<Sentence text={words.revokeNamed} parts={{ name: <Name text={name} focusable={false} /> }} />}
          busy={busy}
          cancel={close}
          confirm={() => void send(() => ora.revokeDevice({ device: id })).then(close)}
        >
          <p>{words.revokeText}</p>
        </Dialog>
      )}
    </li>
  );
}
