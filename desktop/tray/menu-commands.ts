/** Carries out what the menu asks for. What cannot be undone is asked about first; what fails is told, never thrown. */
import { SecretsError } from "../core/secrets/secret-store.ts";
import type { TrayApp } from "./tray-app.ts";
import type { TrayCommand } from "./tray-command.ts";

export class MenuCommands {
  private readonly app: TrayApp;

  constructor(app: TrayApp) {
    this.app = app;
  }

  /** Never rejects. */
  async perform(command: TrayCommand): Promise<void> {
    try {
      await this.carryOut(command);
    } catch (error) {
      if (!(error instanceof SecretsError)) this.app.fault(error);
      const { notDone, notDoneBody, failedBody } = this.app.texts.dialog;
      this.app.desktop.tell(notDone, error instanceof SecretsError ? notDoneBody : failedBody);
    }
  }

  private async carryOut(command: TrayCommand): Promise<void> {
    const { app } = this;
    const { desktop, keeper, texts } = app;
    switch (command.name) {
      case "show_code":
        return app.openPairing();
      case "new_code":
        keeper.node?.newCode();
        return app.openPairing();
      case "copy_link": {
        const link = app.facts?.link;
        const { linkCopied, linkCopiedBody, nothingToCopy, nothingToCopyBody } = texts.notify;
        if (link === undefined) return desktop.announce({ title: nothingToCopy, body: nothingToCopyBody });
        desktop.copy(link);
        return desktop.announce({ title: linkCopied, body: linkCopiedBody });
      }
      case "open_activity":
        return app.openActivity();
      case "open_settings":
        return app.openSettings(command.section ?? "relay");
      case "rename":
        return app.openSettings("devices", command.device);
      case "try_now":
        return keeper.tryNow();
      case "set_read_only":
        await keeper.node?.setReadOnly(command.device, command.on);
        return keeper.refresh();
      case "revoke": {
        const name = keeper.node?.devices.get(command.device)?.name;
        if (name === undefined) return;
        const { dialog } = texts;
        const sure = await desktop.ask({
          title: dialog.revoke(name),
          body: dialog.revokeBody,
          confirm: dialog.revokeButton(name),
          cancel: dialog.cancel,
        });
        if (sure) app.exits.revoke(command.device);
        return;
      }
      case "revoke_session":
        app.exits.revokeSession(command.session);
        return;
      case "revoke_all": {
        const count = (app.facts?.devices.length ?? 0) + (app.facts?.plaintext.length ?? 0);
        const { dialog } = texts;
        const sure = await desktop.ask({
          title: dialog.revokeAll(count),
          body: dialog.revokeAllBody,
          confirm: dialog.revokeAllButton(count),
          cancel: dialog.cancel,
        });
        if (sure) await app.exits.revokeAll();
        return;
      }
      case "pause":
        return keeper.pause();
      case "resume":
        return keeper.resume();
      case "set_start_at_login":
        return app.setStartsAtLogin(command.on);
      case "open_logs":
        return desktop.openLogs();
      case "check_for_update":
        return this.lookForUpdate();
      case "open_release_page":
        return desktop.openReleases();
      case "quit":
        return desktop.quit();
    }
  }

  /** Whoever asked in a menu that has closed is told what came of it. */
  private async lookForUpdate(): Promise<void> {
    const { desktop, texts, version } = this.app;
    const newer = await this.app.updates.look();
    const { notify } = texts;
    if (newer === "unknown") desktop.announce({ title: notify.notFoundOut, body: notify.notFoundOutBody });
    else if (newer === undefined)
      desktop.announce({ title: notify.newest, body: notify.newestBody(version) });
    else {
      const clicked = () => desktop.openReleases();
      desktop.announce({ title: notify.newer(newer), body: notify.newerBody, clicked });
    }
  }
}
