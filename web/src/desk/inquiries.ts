/** Inquiries (お問い合わせ): the list, one of them, its state and the reply to it. */

import { ApiError } from "../shared/api-error";
import { newKey } from "../shared/key";
import type { DeskApi } from "./api";
import type { Store } from "./state";
import { inquiryWords as words } from "./strings.inquiries.ja";

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

  /** Returns what went wrong, in words; null when it is done. */
  async setState(number: string, state: string): Promise<string | null> {
    return this.change(number, words.notMoved, () => this.api.setInquiry(number, state));
  }

  /** Returns what went wrong, in words; null when it is sent or noted. */
  async reply(number: string, text: string, via: string): Promise<string | null> {
    const what = `${number}\n${via}\n${text}`;
    const key = this.keys.get(what) ?? newKey();
    this.keys.set(what, key);
    const wrong = await this.change(number, words.failed, () =>
      this.api.replyInquiry(number, text, via, key),
    );
    if (wrong === null) this.keys.delete(what);
    return wrong;
  }

  private async change(number: string, otherwise: string, work: () => Promise<void>): Promise<string | null> {
    try {
      await work();
    } catch (error) {
      return (error instanceof ApiError && error.detail) || otherwise;
    }
    await Promise.all([this.open(number), this.load()]);
    return null;
  }
}
