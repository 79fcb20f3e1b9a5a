/** How far two clocks may be apart before it matters: as far as machines are that nobody sets right. */
const apartMs = 5_000;

/** What the answers of an API server tell of its clock, by which it dates what it stores. */
export class ServerClock {
  #aheadMs = 0;

  /** By how much it is ahead of ours, in ms; 0 while they are about the same, or nothing was heard. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /**
   * An answer came, with the header `date` (RFC 9110, section 6.6.1), in whole seconds. `askedMs` and `answeredMs` are by our clock. What is
   * known stays for as long as it may be so: the time does not jump with every answer.
   */
  heard(date: unknown, askedMs: number, answeredMs: number): void {
    const saidMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    const [leastMs, mostMs] = [saidMs - answeredMs, saidMs + 1_000 - askedMs];
    if (!(leastMs <= mostMs) || (leastMs <= this.#aheadMs && this.#aheadMs <= mostMs)) return;
    const likelyMs = Math.round((leastMs + mostMs) / 2);
    this.#aheadMs = Math.abs(likelyMs) <= apartMs ? 0 : likelyMs;
  }
}
