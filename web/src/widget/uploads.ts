/** Files on their way to the service: how much of each, and stopping one. */

import type { Api, Conversation, Sent } from "./api";
import type { Pending, Store } from "./state";

export class Uploads {
  private readonly running = new Map<string, AbortController>();

  constructor(
    private readonly api: Api,
    private readonly store: Store,
  ) {}

  async send(conversation: Conversation, item: Pending, file: File): Promise<Sent> {
    const stop = new AbortController();
    this.running.set(item.clientId, stop);
    // Whole percents: every step draws the row anew.
    let shown = -1;
    const progress = (share: number) => {
      const percent = Math.floor(share * 100);
      if (percent === shown) return;
      shown = percent;
      this.store.patchPending(item.clientId, { progress: percent / 100 });
    };
    try {
      return await this.api.sendFile(conversation, file, item.clientId, progress, stop.signal);
    } finally {
      this.running.delete(item.clientId);
    }
  }

  stop(clientId: string): void {
    this.running.get(clientId)?.abort();
  }
}
