// A relay in a process of its own, to be killed: from a log of SQLite to a topic of Kafka.
import { KafkaPublisher, KafkaTurn } from '@jejak/adapters/kafka';
import { SqliteLog } from '@jejak/adapters/sqlite';
import { type EventLog, type LoggedEvent, runRelay } from '@jejak/core';
import { FileBlocks } from './file-blocks';

/** What the process is given as its only argument, as JSON. */
export interface RelayGiven {
  readonly log: string;
  /** the directory of its blocks and its checkpoint */
  readonly blocks: string;
  readonly brokers: string;
  readonly topic: string;
  /** the name of the turn that it waits for; without one it is always its turn */
  readonly turn?: string;
}

/** Few events at once, so that a kill meets every step. */
const PAGE = 10;

async function* inSmallPages(
  pages: AsyncIterable<readonly LoggedEvent[]>,
): AsyncGenerator<readonly LoggedEvent[]> {
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += PAGE) yield page.slice(at, at + PAGE);
  }
}

const say = (line: string): unknown => process.stdout.write(`${line}\n`);

async function main(given: RelayGiven): Promise<void> {
  const ending = new AbortController();
  process.once('SIGTERM', () => ending.abort());
  const options = { brokers: [given.brokers], requestTimeout: 1_000 };
  const source = SqliteLog.open({ file: given.log, clock: Date.now, readOnly: true });
  const log: Pick<EventLog, 'follow'> = {
    follow: (after, signal) => inSmallPages(source.follow(after, signal)),
  };
  const publisher = new KafkaPublisher({ ...options, topic: given.topic, partitions: 4 });
  const relay = async (signal: AbortSignal): Promise<void> => {
    say('begins');
    const blocks = new FileBlocks(given.blocks);
    const onRelayed = (_: number, position: string): unknown => say(`relayed ${position}`);
    await runRelay({ log, blocks, publisher, onRelayed }, signal);
  };
  if (given.turn === undefined) await relay(ending.signal);
  else await new KafkaTurn({ ...options, name: given.turn }).take(relay, ending.signal);
  await publisher.close();
  await source.close();
}

void main(JSON.parse(process.argv[2] ?? '') as RelayGiven).catch((error: unknown) => {
  say(`failed ${String(error)}`);
  process.exitCode = 1;
});
