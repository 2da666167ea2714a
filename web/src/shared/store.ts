/** What a page shows, in one object, and who is told when it has changed. */

export class Store<State extends object> {
  private listeners: (() => void)[] = [];
  private scheduled = false;

  constructor(public state: State) {}

  /** Changes something; the listeners hear of all changes of one task once, after it. */
  set(patch: Partial<State>): void {
    this.state = { ...this.state, ...patch };
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      for (const listener of this.listeners) listener();
    });
  }

  subscribe(listener: () => void): void {
    this.listeners.push(listener);
  }
}
