import { canonical, foldView, type Json, type ProgrammeEvent, type ViewStore } from '@jejak/core';
import { views } from '@jejak/views';
import { createHash } from 'node:crypto';
import { randomHistory } from '../../golden/oracle/history';
import { PROGRAMME } from '../../golden/oracle/world';
import { Listed } from './listed';

/** What happened in one programme, in order. */
export type History = readonly ProgrammeEvent[];

/** Random histories of so many programmes, by name: always the same ones. */
export function cities(count: number, wishes: number): ReadonlyMap<string, History> {
  return new Map(
    Array.from({ length: count }, (_, n) => {
      const name = `city-${String(n)}.2023`;
      const history = randomHistory(n + 1, wishes).world.events.map((recorded): ProgrammeEvent => ({
        ...recorded,
        event: {
          ...recorded.event,
          programme: name,
          stream: recorded.event.stream.replace(PROGRAMME, name),
        },
      }));
      return [name, history];
    }),
  );
}

/** The blocks, as far as the relay has written them. */
export class Written extends Listed {
  private readonly lengths = new Map<string, number>();

  constructor(private readonly histories: ReadonlyMap<string, History>) {
    super();
  }

  /** The relay has written so many events of the programme. */
  reach(programme: string, length: number): void {
    this.lengths.set(programme, length);
  }

  protected programmes(): Iterable<string> {
    return this.lengths.keys();
  }

  protected of(programme: string): History {
    return (this.histories.get(programme) ?? []).slice(0, this.lengths.get(programme) ?? 0);
  }
}

const sha256 = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.join('\n')).digest('hex');

const line = (view: string, programme: string, key: string, index: number, value: unknown): string =>
  `${view} ${programme} ${key} ${String(index)} ${canonical(value as Json)}`;

/** The digest of every document that a pure fold of the histories gives, each programme by itself. */
export function pureDigest(histories: ReadonlyMap<string, History>): string {
  const lines: string[] = [];
  for (const view of views) {
    for (const [programme, history] of histories) {
      const documents = foldView<unknown>(view, structuredClone(history));
      for (const [key, { index, value }] of documents)
        lines.push(line(view.name, programme, key, index, value));
    }
  }
  return sha256(lines.sort());
}

/** The digest of every document that is stored; of nothing but a word where a view is not ready or has stopped. */
export async function storedDigest(
  store: ViewStore,
  histories: ReadonlyMap<string, History>,
): Promise<string> {
  const lines: string[] = [];
  for (const view of views) {
    const generation = await store.current(view.name, view.version);
    if (generation === undefined) return `${view.name} is not ready`;
    for (const [programme, history] of histories) {
      const { index, stopped } = await store.marker(generation, programme);
      if (stopped !== undefined) return `${view.name} stopped: ${stopped.error}`;
      if (index !== history.length - 1) return `${view.name} of ${programme} stands at ${String(index)}`;
      for (const document of await store.list(generation, programme)) {
        lines.push(line(view.name, programme, document.key, document.index, document.value));
      }
    }
  }
  return sha256(lines.sort());
}
