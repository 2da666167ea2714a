/** Up to where the stream has been followed without a hole. */
export class Cursor {
  private askedFrom: number | null = null;
  private emptyHoles = 0;

  constructor(public value: number) {}

  /**
   * A message came on the stream. True when something before it is missing and the stream should be read
   * again from `value`. A hole that the service confirms (it sends the same again) is taken as it is.
   */
  advance(seq: number, known: (seq: number) => boolean): boolean {
    if (seq <= this.value) return false;
    while (this.value + 1 < seq && known(this.value + 1)) this.value += 1;
    const hole = seq > this.value + 1;
    if (hole && this.askedFrom !== this.value && this.emptyHoles < 3) {
      this.askedFrom = this.value;
      return true;
    }
    if (hole) this.emptyHoles += 1;
    this.value = seq;
    return false;
  }
}
