/** Inquiries (お問い合わせ): the list, one of them, its state and the reply to it. */

import { newKey } from "../shared/key";
import type { DeskApi } from "./api";
import type { Store } from "./state";

export class InquiryDesk {
  /** One key for all tries of the same reply. */
  private readonly keys = new Map<string, string>();
  private turn = 0;

  constructor(
    private readonly store: Store,
    private readonly api: DeskApi,
  ) {}

  async load(): Promise<void> {
    const turn = ++this.turn;
    const { state, words } = this.store.state.inquiries;
    this.store.setInquiries({ loading: true });
    try {
      const list = await this.api.inquiries(state, words);
      if (turn === this.turn) this.store.setInquiries({ list, loading: false, failed: false });
    } catch {
      if (turn === this.turn) this.store.setInquiries({ loading: false, failed: true });
    }
  }

  filter(state: string, words: string): void {
    this.store.setInquiries({ state, words });
    void this.load();
  }

  async open(number: string): Promise<void> {
    this.store.set({ page: "inquiries" });
    if (this.store.state.inquiries.number !== number) this.store.setInquiries({ number, open: null });
    try {
      const open = await this.api.inquiry(number);
      if (this.store.state.inquiries.number === number) this.store.setInquiries({ open });
    } catch {
      if (this.store.state.inquiries.number === number) this.store.setInquiries({ number: null });
    }
  }

  async setState(number: string, state: string): Promise<boolean> {
    return this.change(number, () => this.api.setInquiry(number, state));
  }

  async reply(number: string, text: string): Promise<boolean> {
    const what = `${number}\n${text}`;
    const key = this.keys.get(what) ?? newKey();
    this.keys.set(what, key);
    const done = await this.change(number, () => this.api.replyInquiry(number, text, key));
    if (done) this.keys.delete(what);
    return done;
  }

  private async change(number: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch {
      return false;
    }
    await Promise.all([this.open(number), this.load()]);
    return true;
  }
}
