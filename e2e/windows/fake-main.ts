/**
 * The other side of `window.ora` without Electron: it holds the view of one window, pushes new ones, and answers the
 * page's commands after the real decoder has read them. What the page sent is kept, in order.
 */
import type { Page } from "playwright-core";
import type { WindowPushes, WindowViews } from "../../desktop/windows/contract/bridge.ts";
import { WINDOW_COMMANDS, type WindowName } from "../../desktop/windows/contract/command-names.ts";
import { type Command, decodeCommand } from "../../desktop/windows/contract/commands.ts";
import type { Result } from "../../desktop/windows/contract/results.ts";

export type Answer = (command: Command) => Result<unknown>;

export class FakeMain<Name extends WindowName> {
  /** Understood by the decoder. */
  readonly commands: Command[] = [];
  /** Not understood: there must be none. */
  readonly refused: unknown[] = [];
  answer: Answer;
  view: WindowViews[Name] | undefined;
  private readonly page: Page;
  private readonly window: Name;

  constructor(options: { page: Page; window: Name; view: WindowViews[Name] | undefined; answer?: Answer }) {
    this.page = options.page;
    this.window = options.window;
    this.view = options.view;
    this.answer = options.answer ?? (() => ({ ok: true, value: undefined }));
  }

  /** Before the page is opened. */
  async install(): Promise<void> {
    const { page, window } = this;
    await page.exposeFunction("fakeMainView", () => this.view);
    await page.exposeFunction("fakeMainCommand", (name: string, input: unknown) => this.command(name, input));
    await page.addInitScript(
      ({ names, isLoading }) => {
        type Listener = (view: unknown) => void;
        const outside = globalThis as unknown as {
          fakeMainView: () => Promise<unknown>;
          fakeMainCommand: (name: string, input: unknown) => Promise<unknown>;
          fakeMainPush: Listener;
          ora: unknown;
          violations: string[];
        };
        const listeners = new Set<Listener>();
        outside.violations = [];
        addEventListener("securitypolicyviolation", (event) =>
          outside.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
        );
        outside.fakeMainPush = (view) => {
          for (const listener of listeners) listener(view);
        };
        outside.ora = Object.freeze({
          view: () => (isLoading ? new Promise(() => undefined) : outside.fakeMainView()),
          onView: (_window: string, listener: Listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
          ...Object.fromEntries(
            names.map((name) => [name, (input?: unknown) => outside.fakeMainCommand(name, input)]),
          ),
        });
      },
      { names: [...WINDOW_COMMANDS[window]], isLoading: this.view === undefined },
    );
  }

  /** Shows another view, or activity's changes. */
  async push(view: WindowPushes[Name]): Promise<void> {
    await this.page.evaluate(
      (pushed) => (globalThis as unknown as { fakeMainPush: (view: unknown) => void }).fakeMainPush(pushed),
      view as unknown,
    );
  }

  names(): string[] {
    return this.commands.map(({ name }) => name);
  }

  private command(name: string, input: unknown): Result<unknown> {
    const command = decodeCommand(this.window, name, input);
    if (command === undefined) {
      this.refused.push([name, input]);
      return { ok: false, problem: "bad_command" };
    }
    this.commands.push(command);
    return this.answer(command);
  }
}
