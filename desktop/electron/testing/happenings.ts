/** `on` and `once` as Electron's classes have them, for the double: listeners by name, and a way to make things happen. */

// The bottom of all listeners: each of Electron's own is one of these.
export type Listener = (...args: never[]) => unknown;

export class Happenings {
  private readonly listeners = new Map<string, { listener: Listener; once: boolean }[]>();

  /** Fits every overload of Electron's `on`; nobody uses what it returns. */
  readonly on = (event: string, listener: Listener): never => this.add(event, listener, false);
  readonly once = (event: string, listener: Listener): never => this.add(event, listener, true);

  emit(event: string, ...args: readonly unknown[]): void {
    const all = this.listeners.get(event) ?? [];
    this.listeners.set(
      event,
      all.filter(({ once }) => !once),
    );
    for (const { listener } of all) (listener as (...given: readonly unknown[]) => unknown)(...args);
  }

  hears(event: string): boolean {
    return (this.listeners.get(event)?.length ?? 0) > 0;
  }

  private add(event: string, listener: Listener, once: boolean): never {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), { listener, once }]);
    return undefined as never;
  }
}

/** An event that can be prevented, as Electron hands them to listeners. */
export function preventable(): { readonly event: { preventDefault(): void }; prevented(): boolean } {
  let prevented = false;
  return {
    event: {
      preventDefault() {
        prevented = true;
      },
    },
    prevented: () => prevented,
  };
}
