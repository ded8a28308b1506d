import { GenerationGone, type Marker, type ViewStore } from './ports/view-store';
import { before, type ReadToken } from './token';

/** The token is of another log: nothing read here will ever have seen it. */
export class ForeignToken extends Error {
  readonly code = 'foreign-token';
  constructor() {
    super('the token is of another log');
  }
}

/** The view takes no further event of the programme, so that it will not come to what the token names. */
export class ViewStopped extends Error {
  readonly code = 'view-stopped';
  constructor(
    readonly view: string,
    readonly programme: string,
    /** index of the event that it could not fold */
    readonly index: number,
  ) {
    super(`the view ${view} of ${programme} stopped at index ${String(index)}`);
  }
}

/** The views did not come to what the token names within the bound. */
export class ViewBehind extends Error {
  readonly code = 'view-behind';
  constructor(
    readonly views: readonly string[],
    readonly programme: string,
    /** seconds after which to ask again */
    readonly retryAfter: number,
  ) {
    super(`${views.join(', ')} of ${programme} did not catch up in time`);
  }
}

export interface ViewWaiterOptions {
  readonly logId: string;
  readonly store: Pick<ViewStore, 'current' | 'marker'>;
  /** the views that can be waited for, in the versions that are read */
  readonly views: readonly { readonly name: string; readonly version: number }[];
  /** milliseconds that a read waits at most; 5,000 when undefined */
  readonly bound?: number;
  /** told when a read waits, and again while it does */
  readonly onWaiting?: () => void;
  /** milliseconds between two looks at the store, at most; 50 when undefined */
  readonly poll?: number;
  /** and between the first two, for who has just come: what he waits for is often nearly there; 3 when undefined */
  readonly firstPoll?: number;
}

interface Waiter {
  readonly position: string;
  /** the views that have not come so far */
  readonly behind: Set<string>;
  settle(error?: Error): void;
}

/** One view of one programme that somebody waits for. */
interface Watch {
  readonly view: string;
  readonly programme: string;
  readonly waiters: Set<Waiter>;
  timer: NodeJS.Timeout | undefined;
  looking: boolean;
  /** milliseconds until the next look */
  pause: number;
}

/** Each time it is longer until the next look. */
const LATER = 1.5;

/** Lets a read wait until the views it reads have seen a command (read your writes). */
export class ViewWaiter {
  private readonly watches = new Map<string, Watch>();
  private readonly versions: ReadonlyMap<string, number>;

  constructor(private readonly options: ViewWaiterOptions) {
    this.versions = new Map(options.views.map(({ name, version }) => [name, version]));
  }

  /**
   * Waits until the current generations of the views have come to the token's position in the token's programme.
   *
   * @param bound milliseconds to wait at most
   * @throws ForeignToken; ViewStopped as soon as one of the views is seen stopped before the position; ViewBehind when
   *   the bound has passed; what the store throws
   */
  async until(
    views: readonly string[],
    token: ReadToken,
    bound = this.options.bound ?? 5_000,
  ): Promise<void> {
    if (token.logId !== this.options.logId) throw new ForeignToken();
    if (views.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      const behind = new Set(views);
      const settle = (error?: Error): void => {
        clearTimeout(timer);
        for (const view of views) this.leave(view, token.programme, waiter);
        if (error === undefined) resolve();
        else reject(error);
      };
      const waiter: Waiter = { position: token.position, behind, settle };
      const late = (): void => {
        settle(new ViewBehind([...behind], token.programme, Math.max(1, Math.ceil(bound / 1_000))));
      };
      const timer = setTimeout(late, bound);
      for (const view of behind) this.join(view, token.programme, waiter);
    });
  }

  /** Says how far the current generation of a view has come: whoever waits for that goes on at once. */
  moved(view: string, programme: string, marker: Marker): void {
    const watch = this.watches.get(keyOf(view, programme));
    if (watch === undefined) return;
    for (const waiter of [...watch.waiters]) {
      if (!before(marker.position, waiter.position)) {
        waiter.behind.delete(view);
        this.leave(view, programme, waiter);
        if (waiter.behind.size === 0) waiter.settle();
      } else if (marker.stopped !== undefined) {
        waiter.settle(new ViewStopped(view, programme, marker.stopped.index));
      }
    }
  }

  private join(view: string, programme: string, waiter: Waiter): void {
    const key = keyOf(view, programme);
    let watch = this.watches.get(key);
    if (watch === undefined) {
      watch = { view, programme, waiters: new Set(), timer: undefined, looking: false, pause: 0 };
      this.watches.set(key, watch);
    }
    watch.waiters.add(waiter);
    watch.pause = this.options.firstPoll ?? 3;
    // Who comes while others wait gets an answer without waiting for their next look.
    if (!watch.looking) void this.look(watch);
  }

  private leave(view: string, programme: string, waiter: Waiter): void {
    const key = keyOf(view, programme);
    const watch = this.watches.get(key);
    if (watch?.waiters.delete(waiter) !== true || watch.waiters.size > 0) return;
    clearTimeout(watch.timer);
    this.watches.delete(key);
  }

  /** Looks at the store once for all who wait, and again in a while for those who still do. */
  private async look(watch: Watch): Promise<void> {
    const { view, programme } = watch;
    clearTimeout(watch.timer);
    watch.looking = true;
    try {
      const marker = await this.marker(view, programme);
      if (marker !== undefined) this.moved(view, programme, marker);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const waiter of [...watch.waiters]) waiter.settle(failure);
    }
    watch.looking = false;
    if (watch.waiters.size === 0) return;
    this.options.onWaiting?.();
    watch.timer = setTimeout(() => void this.look(watch), Math.min(watch.pause, this.options.poll ?? 50));
    watch.pause *= LATER;
  }

  /** The marker of the current generation; undefined where there is none at the moment. */
  private async marker(view: string, programme: string): Promise<Marker | undefined> {
    const { store } = this.options;
    const version = this.versions.get(view);
    if (version === undefined) throw new Error(`there is no view ${view} to wait for`);
    const generation = await store.current(view, version);
    if (generation === undefined) return undefined;
    try {
      return await store.marker(generation, programme);
    } catch (error) {
      if (error instanceof GenerationGone) return undefined;
      throw error;
    }
  }
}

function keyOf(view: string, programme: string): string {
  return `${view} ${programme}`;
}
