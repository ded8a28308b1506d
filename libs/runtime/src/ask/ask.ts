import {
  type AnyView,
  canonical,
  type Catalogue,
  type Clock,
  fitted,
  ForeignToken,
  GenerationGone,
  isoMoment,
  isProgramme,
  type Json,
  type Marker,
  type ProgrammeReader,
  parseToken,
  type RuleText,
  ViewBehind,
  type ViewStore,
  type ViewWaiter,
} from '@jejak/core';
import { type Documents, InvalidParams, type Need, NotFound, type Query } from '@jejak/views';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { type KnownAt, Past } from './past';
import { commonIndex, loadDocuments, type Standing, standings } from './stored';

export { InvalidParams };

/** A question as it arrives. */
export interface Question<P = unknown, A = unknown> {
  readonly query: Query<P, A>;
  readonly programme: string;
  /** not yet validated */
  readonly params: unknown;
  /** a receipt's token: the answer has seen that command */
  readonly after?: string | undefined;
  /** an index, or a moment (ISO 8601): what was known then */
  readonly knownAt?: string | undefined;
}

/** An answer, and what it is an answer of. */
export interface Answered<A = unknown> {
  readonly answer: A;
  /** index of the programme's last event that the answer knows */
  readonly index: number;
  /** when that event was recorded (ISO, UTC) */
  readonly asOf: string;
  /** true when a view has stopped, so that events after the index are left out */
  readonly stale?: true;
}

export interface AskOptions {
  readonly log: ProgrammeReader;
  readonly store: ViewStore;
  readonly waiter: Pick<ViewWaiter, 'until'>;
  readonly logId: string;
  readonly views: readonly AnyView[];
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  /** states of the past kept in memory */
  readonly kept: number;
}

/** How often documents are read again that changed while they were read. */
const ATTEMPTS = 5;
const HOUR = 3_600_000;
/** What the answers kept may come to, in characters of their JSON. */
const ANSWERS_SIZE = 16_000_000;

/** Answers questions from the stored views, or from a fold of the past. */
export class Ask {
  private readonly views: ReadonlyMap<string, AnyView>;
  private readonly past: Past;
  private readonly answers = new LRUCache<string, Kept>({
    maxSize: ANSWERS_SIZE,
    sizeCalculation: ({ answered }) => JSON.stringify(answered).length,
  });
  private readonly moments = new LRUCache<string, string>({ max: 10_000 });

  constructor(private readonly options: AskOptions) {
    this.views = new Map(options.views.map((view) => [view.name, view]));
    this.past = new Past(options);
  }

  /**
   * The answer to a question.
   *
   * @throws InvalidParams; NotFound; ViewRebuilding; ForeignToken, ViewStopped, ViewBehind for `after`
   */
  async answer<P, A>(question: Question<P, A>): Promise<Answered<A>> {
    const { query, programme } = question;
    if (!isProgramme(programme)) throw new NotFound(`there is no programme ${programme}`);
    const params = validParams(query, question.params);
    const needs = query.needs(params);
    const names = [...new Set(needs.map(({ view }) => view))];
    const known = question.knownAt === undefined ? undefined : knownAtOf(question.knownAt);
    if (question.after !== undefined) await this.wait(names, programme, question.after);
    const ask = { query, programme, params, needs, names };
    return known === undefined ? this.now(ask) : this.then(ask, known);
  }

  /** Waits until the views that a question reads have seen a command. */
  private async wait(names: readonly string[], programme: string, after: string): Promise<void> {
    const token = parseToken(after);
    if (token === undefined) throw new InvalidParams([{ field: 'after', message: TOKEN }]);
    // A token of another programme says nothing about this one.
    if (token.logId !== this.options.logId) throw new ForeignToken();
    if (token.programme !== programme) return;
    // A log's heads may be behind what it acknowledged, so that a token beyond them is no wrong one: it waits, too.
    await this.options.waiter.until(names, token);
  }

  private async now<P, A>(ask: Asked<P, A>): Promise<Answered<A>> {
    const { store } = this.options;
    const views = this.viewsOf(ask);
    let lowest: Marker | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        const at = await standings(store, views, ask.programme);
        lowest = lowestOf(at);
        const index = commonIndex(at);
        const stopped = at.some(({ marker }) => marker.stopped !== undefined);
        if (index === -1) throw await this.unknown(ask.programme);
        if (index !== undefined) {
          const kept = this.answers.get(keyOf(ask));
          if (kept?.of === this.stateOf(index, at)) return kept.answered as Answered<A>;
          const read = await loadDocuments(store, at, ask.programme, ask.needs, (documents, ofIndex) =>
            this.further(ask, documents, ofIndex),
          );
          if (read.index !== undefined) {
            const answered = await this.answered(ask, read.documents, read.index, stopped);
            if (ask.query.unkept !== true)
              this.answers.set(keyOf(ask), { of: this.stateOf(read.index, at), answered });
            return answered;
          }
        } else if (stopped) {
          // One of several views has stopped: they will not come together again by themselves.
          break;
        }
      } catch (error) {
        if (!(error instanceof GenerationGone)) throw error;
      }
    }
    // The stored documents cannot be read at one index: fold them.
    if (lowest === undefined || lowest.index === -1) throw await this.unknown(ask.programme);
    const state = await this.past.at(ask.programme, ask.names, { index: lowest.index });
    return this.answered(ask, state.documents, state.index, lowest.stopped !== undefined);
  }

  private async then<P, A>(ask: Asked<P, A>, known: KnownAt): Promise<Answered<A>> {
    const head = await this.options.log.head(ask.programme);
    const latest = head?.index ?? -1;
    if ('index' in known && known.index > latest) {
      throw new InvalidParams([{ field: 'knownAt', message: lastIndexIs(latest) }]);
    }
    const now = isoMoment(this.options.clock());
    if ('moment' in known && known.moment > now) {
      throw new InvalidParams([
        {
          field: 'knownAt',
          message: {
            en: 'Give a moment that is not in the future.',
            id: 'Isi dengan waktu yang tidak di masa depan.',
          },
        },
      ]);
    }
    const { documents, index } = await this.past.at(ask.programme, ask.names, await this.settled(ask, known));
    if (index === -1) throw new NotFound(`nothing of ${ask.programme} was known then`);
    return this.answered(ask, documents, index, false);
  }

  /** A moment up to now may still get events of its own millisecond: an index never changes its meaning. */
  private async settled(ask: Asked<unknown, unknown>, known: KnownAt): Promise<KnownAt> {
    if ('index' in known) return known;
    const head = await this.options.log.head(ask.programme);
    if (head === undefined) return { index: -1 };
    const last = await this.recordedAt(ask.programme, head.index);
    return last <= known.moment ? { index: head.index } : known;
  }

  private further<P>(ask: Asked<P, unknown>, documents: Documents, index: number): readonly Need[] {
    const now = isoMoment(this.options.clock());
    const { query, programme, params } = ask;
    return query.further?.(documents, params, { programme, index, now }) ?? [];
  }

  private async answered<P, A>(
    ask: Asked<P, A>,
    documents: Documents,
    index: number,
    stopped: boolean,
  ): Promise<Answered<A>> {
    const now = isoMoment(this.options.clock());
    const answer = ask.query.answer(documents, ask.params, { programme: ask.programme, index, now });
    const asOf = await this.recordedAt(ask.programme, index);
    return { answer, index, asOf, ...(stopped && { stale: true as const }) };
  }

  /** When the event with an index was recorded (ISO, UTC). */
  async recordedAt(programme: string, index: number): Promise<string> {
    const key = `${programme} ${index}`;
    let moment = this.moments.get(key);
    if (moment === undefined) {
      for await (const page of this.options.log.readProgramme(programme, index, index)) {
        moment = page[0]?.event.recordedAt;
      }
      if (moment === undefined) throw await this.missing(programme, index);
      this.moments.set(key, moment);
    }
    return moment;
  }

  /** What an answer to a question depends on, beside the question. */
  private stateOf(index: number, at: readonly Standing[]): string {
    // Zones differ from UTC by whole hours: within one, today stays the same day.
    const hour = Math.floor(this.options.clock() / HOUR);
    const generations = at.map(
      ({ generation, marker }) => `${generation}${marker.stopped === undefined ? '' : '!'}`,
    );
    return JSON.stringify([index, hour, generations]);
  }

  private viewsOf({ names }: Asked<unknown, unknown>): readonly AnyView[] {
    return names.map((name) => {
      const view = this.views.get(name);
      if (view === undefined) throw new Error(`there is no view ${name}`);
      return view;
    });
  }

  /** A view has seen the event. What reads the log may be behind it, where what it keeps came back older than it was. */
  private async missing(programme: string, index: number): Promise<Error> {
    const head = await this.options.log.head(programme);
    if ((head?.index ?? -1) < index) return new ViewBehind([...this.views.keys()], programme, 1);
    return new Error(`${programme} has no event ${String(index)}`);
  }

  private async unknown(programme: string): Promise<Error> {
    const head = await this.options.log.head(programme);
    if (head !== undefined) return new ViewBehind([...this.views.keys()], programme, 1);
    return new NotFound(`there is no programme ${programme}`);
  }
}

interface Asked<P, A> {
  readonly query: Query<P, A>;
  readonly programme: string;
  readonly params: P;
  readonly needs: readonly Need[];
  readonly names: readonly string[];
}

/** The last answer to a question, and the state that it is of. */
interface Kept {
  readonly of: string;
  readonly answered: Answered;
}

function keyOf({ query, programme, params }: Asked<unknown, unknown>): string {
  return canonical([query.name, programme, params as Json]);
}

function lowestOf(at: readonly Standing[]): Marker | undefined {
  return at.map(({ marker }) => marker).reduce((low, each) => (each.index < low.index ? each : low));
}

/**
 * The parameters of a question, checked.
 *
 * @throws InvalidParams
 */
export function validParams<P>(query: { readonly params: z.ZodType<P> }, params: unknown): P {
  const checked = fitted(query.params, params);
  if (checked.success) return checked.data;
  throw new InvalidParams(checked.issues);
}

const TOKEN = { en: 'Give the token of a receipt.', id: 'Isi dengan token dari tanda terima.' };
const KNOWN_AT = {
  en: 'Give an index, or a moment with its zone (ISO 8601).',
  id: 'Isi dengan indeks, atau waktu beserta zonanya (ISO 8601).',
};

/** What is said to who asks for an index that the programme has not reached. */
export function lastIndexIs(index: number): RuleText {
  const last = String(index);
  return { en: `The programme's last index is ${last}.`, id: `Indeks terakhir program ini ${last}.` };
}

const MOMENT =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** @throws InvalidParams for what is neither an index nor a moment */
export function knownAtOf(text: string): KnownAt {
  if (/^[0-9]{1,15}$/.test(text)) return { index: Number(text) };
  const moment = MOMENT.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(moment)) return { moment: isoMoment(moment) };
  throw new InvalidParams([{ field: 'knownAt', message: KNOWN_AT }]);
}
