/** Tells that the customer is writing: now and then while they do, and once they have stopped. */

const AGAIN = 3000;
const STOPPED = 5000;

export class Writing {
  private told = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (on: boolean) => void) {}

  /** The text in the field is another one now. */
  changed(text: string): void {
    if (!text.trim()) {
      this.stop();
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), STOPPED);
    const now = Date.now();
    if (this.told && now - this.told < AGAIN) return;
    this.told = now;
    this.tell(true);
  }

  stop(): void {
    clearTimeout(this.timer);
    if (!this.told) return;
    this.told = 0;
    this.tell(false);
  }
}
