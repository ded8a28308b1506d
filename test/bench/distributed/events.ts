import type { Envelope } from '@jejak/core';
import { Partitioners } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { cityYear } from '../history';

export const PARTITIONS = 4;

/** Programmes of a run: as many on each partition. */
const PROGRAMMES = 8;

const partitionOf = Partitioners.DefaultPartitioner();
const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({
  partitionErrorCode: 0,
  partitionId,
  leader: 1,
  replicas: [1],
  isr: [1],
}));

/** The servers may have been used before. */
const run = randomBytes(4).toString('hex');
let named = 0;

/** The name of a programme that nobody had before. */
export function freshProgramme(): string {
  return `city-${run}-${String(named++)}.2023`;
}

/** As many on each partition of a topic. */
function freshProgrammes(): readonly string[] {
  const left = Array.from({ length: PARTITIONS }, () => PROGRAMMES / PARTITIONS);
  const chosen: string[] = [];
  while (chosen.length < PROGRAMMES) {
    const programme = freshProgramme();
    const at = partitionOf({ topic: '', partitionMetadata, message: { key: programme, value: '' } });
    const room = left[at] ?? 0;
    if (room === 0) continue;
    left[at] = room - 1;
    chosen.push(programme);
  }
  return chosen;
}

/** The events of a run, of programmes of its own, as they would come in. */
export function freshEvents(count: number): readonly Envelope[] {
  const each = Math.ceil(count / PROGRAMMES);
  const cities = freshProgrammes().map((programme) => cityYear(programme, each));
  const events: Envelope[] = [];
  while (events.length < count) {
    for (const city of cities) {
      const { value } = city.next() as IteratorResult<Envelope, undefined>;
      if (value !== undefined) events.push(value);
    }
  }
  return events.slice(0, count);
}

/** Shares out events among writers, each stream to one of them: a stream is written in order. */
export function shared(events: readonly Envelope[], writers: number): readonly (readonly Envelope[])[] {
  const parts = Array.from({ length: writers }, (): Envelope[] => []);
  const owners = new Map<string, number>();
  for (const event of events) {
    const owner = owners.get(event.stream) ?? owners.size % writers;
    owners.set(event.stream, owner);
    parts[owner]?.push(event);
  }
  return parts;
}

/** How many events each programme has. */
export function counts(events: readonly Envelope[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { programme } of events) found.set(programme, (found.get(programme) ?? 0) + 1);
  return found;
}
