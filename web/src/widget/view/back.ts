/**
 * The back button and gesture of a phone close a chat that fills the screen, instead of leaving the shop's page.
 *
 * By the browser's close watcher, where there is one (Chrome on Android): the page's history is the shop's.
 */

interface CloseWatcher {
  onclose: (() => void) | null;
  destroy(): void;
}

export class Back {
  private watcher: CloseWatcher | null = null;
  private readonly touch = window.matchMedia("(pointer: coarse)");

  constructor(private readonly close: () => void) {}

  /** Listens while the chat fills the screen. */
  watch(full: boolean): void {
    const { CloseWatcher: Watcher } = window as { CloseWatcher?: new () => CloseWatcher };
    if (!full) {
      this.watcher?.destroy();
      this.watcher = null;
    } else if (this.watcher === null && Watcher && this.touch.matches) {
      this.watcher = new Watcher();
      this.watcher.onclose = () => {
        this.watcher = null;
        this.close();
      };
    }
  }
}
