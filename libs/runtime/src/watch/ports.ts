import {
  type Appended,
  type EventFeed,
  type EventLog,
  type EventPublisher,
  type FeedBatch,
  WrongExpectedRevision,
} from '@jejak/core';
import type { Tracing } from './span';
import { spansOf, type Watch } from './watch';

/** The log, its appends measured and traced. */
export function watchedLog<L extends EventLog>(log: L, { metrics, tracing }: Watch): EventLog {
  if (metrics === undefined && tracing === undefined) return log;
  const append: EventLog['append'] = async (stream, expectedRevision, events, notBefore) => {
    const parent = events[0]?.meta.traceparent;
    const span = parent === undefined ? undefined : tracing?.start('append', 'internal', parent);
    const began = performance.now();
    const ended = (outcome: string, error?: unknown): void => {
      metrics?.observe('jejak_append_duration_seconds', { outcome }, (performance.now() - began) / 1_000);
      span?.end(error);
    };
    let appended: Appended;
    try {
      appended = await log.append(stream, expectedRevision, events, notBefore);
    } catch (error) {
      ended(error instanceof WrongExpectedRevision ? 'conflict' : 'failed', error);
      throw error;
    }
    ended('appended');
    return appended;
  };
  return {
    logId: log.logId,
    append,
    readStream: (...given) => log.readStream(...given),
    readAll: (...given) => log.readAll(...given),
    follow: (...given) => log.follow(...given),
    readProgramme: (...given) => log.readProgramme(...given),
    heads: () => log.heads(),
    head: (programme) => log.head(programme),
    close: () => log.close(),
  };
}

/**
 * The feed, with a span for each event of a trace from when it comes to when it has been dealt with.
 *
 * @param names what a group does with events, by the group's name
 */
export function watchedFeed(
  feed: EventFeed,
  tracing: Tracing | undefined,
  names: (group: string) => string,
): EventFeed {
  if (tracing === undefined) return feed;
  return {
    async *consume(group, signal, seen) {
      for await (const batch of feed.consume(group, signal, seen)) {
        const spans = spansOf(tracing, names(group), 'consumer', batch.events);
        const watched: FeedBatch = {
          ...batch,
          async done() {
            for (const span of spans) span.end();
            await batch.done();
          },
        };
        yield watched;
      }
    },
    close: () => feed.close(),
  };
}

/** The publisher, with a span for each event of a trace, until it is acknowledged. */
export function watchedPublisher(publisher: EventPublisher, tracing: Tracing | undefined): EventPublisher {
  if (tracing === undefined) return publisher;
  return {
    async publish(events, signal) {
      const spans = spansOf(tracing, 'publish', 'producer', events);
      await publisher.publish(events, signal);
      for (const span of spans) span.end();
    },
    close: () => publisher.close(),
  };
}
