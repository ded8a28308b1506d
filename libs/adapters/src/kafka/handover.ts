interface Offer<T> {
  readonly value: T;
  readonly dealt: AbortController;
}

/** A value that waits to be taken, or has been. */
export interface Offered {
  /** aborts when it has been dealt with, or never will be */
  readonly dealt: AbortSignal;
  /** Takes it back, where nobody has taken it; and waits for it no longer where somebody has. */
  readonly withdraw: () => void;
}

/**
 * Gives values, one at a time, from those who push to one who pulls. What was taken is dealt with when the next one is
 * asked for.
 */
export class Handover<T> {
  private readonly offers: Offer<T>[] = [];
  private held: Offer<T> | undefined;
  private wake: () => void = () => undefined;
  private ended = false;

  offer(value: T): Offered {
    const offer = { value, dealt: new AbortController() };
    if (this.ended) offer.dealt.abort();
    else this.offers.push(offer);
    this.wake();
    return {
      dealt: offer.dealt.signal,
      withdraw: () => {
        const at = this.offers.indexOf(offer);
        if (at !== -1) this.offers.splice(at, 1);
        offer.dealt.abort();
      },
    };
  }

  /** The next value, once there is one; undefined after the end. */
  async next(): Promise<T | undefined> {
    this.release();
    while (!this.ended) {
      const offer = this.offers.shift();
      if (offer !== undefined) {
        this.held = offer;
        return offer.value;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return undefined;
  }

  /** Whoever took a value is no longer at it. */
  release(): void {
    this.held?.dealt.abort();
    this.held = undefined;
  }

  /** Nothing more is taken. What is held may be dealt with to its end. */
  end(): void {
    this.ended = true;
    for (const { dealt } of this.offers.splice(0)) dealt.abort();
    this.wake();
  }
}
