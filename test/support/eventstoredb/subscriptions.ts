import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { randomUUID } from 'node:crypto';
import { positionOf, type ReadCall, send } from './call';
import { streamDeleted, unimplemented } from './errors';
import { filterOf, type RecordFilter } from './filter';
import type { StandInLog } from './log';
import type { Kept } from './record';
import { CAUGHT_UP, checkpointBytes, confirmationBytes, eventBytes, FELL_BEHIND, streamOf } from './wire';

/** A subscriber that is live, and so many records behind, has fallen behind. */
const BEHIND = 1_000;

/** Where a subscription reads: the log, or one stream. Records are numbered from 0. */
interface Source {
  /** the first number that the subscriber wants */
  readonly start: number;
  length(): number;
  at(n: number): Kept | undefined;
}

/** Sends what is there, says that it has caught up, then sends what comes, until the caller goes. */
export async function subscribe(log: StandInLog, call: ReadCall, options: ReadReq.Options): Promise<void> {
  if (options.getResolveLinks()) throw unimplemented('link resolution');
  const filter = filterOf(options);
  const source = options.hasStream() ? ofStream(log, options) : ofLog(log, options);
  await send(call, confirmationBytes(randomUUID()));
  await follow(log, call, source, filter);
}

function ofLog(log: StandInLog, options: ReadReq.Options): Source {
  const all = options.getAll();
  const position = positionOf(log, all);
  // A subscription goes on behind the position that it names.
  const start =
    all?.hasEnd() === true ? log.length : all?.hasPosition() === true ? log.find(position, true) : 0;
  return { start, length: () => log.length, at: (n) => log.at(n) };
}

function ofStream(log: StandInLog, options: ReadReq.Options): Source {
  const stream = options.getStream();
  const name = streamOf(stream?.getStreamIdentifier());
  if (log.stream(name)?.isRemoved === true) throw streamDeleted(name);
  const seen = (n: number): Kept | undefined => {
    const record = log.stream(name)?.events[n];
    return record !== undefined && log.isSeen(record) ? record : undefined;
  };
  const length = (): number => {
    let end = log.stream(name)?.events.length ?? 0;
    while (end > 0 && seen(end - 1) === undefined) end--;
    return end;
  };
  const first = log.stream(name)?.first ?? 0;
  const revision = stream?.hasRevision() === true ? Number(stream.getRevision()) + 1 : 0;
  return { start: stream?.hasEnd() === true ? length() : Math.max(revision, first), length, at: seen };
}

async function follow(
  log: StandInLog,
  call: ReadCall,
  source: Source,
  filter: RecordFilter | undefined,
): Promise<void> {
  let next = source.start;
  let live = false;
  let unchecked = 0;
  while (!call.cancelled) {
    if (next >= source.length()) {
      if (!live) await send(call, CAUGHT_UP);
      live = true;
      if (next >= source.length()) await news(log, call);
      continue;
    }
    if (live && source.length() - next > BEHIND) {
      await send(call, FELL_BEHIND);
      live = false;
    }
    const record = source.at(next++);
    if (record === undefined) continue;
    if (filter === undefined || filter.matches(record)) {
      const full = send(call, eventBytes(record));
      if (full !== undefined) await full;
    }
    if (filter !== undefined && ++unchecked >= filter.interval) {
      unchecked = 0;
      await send(call, checkpointBytes(record.position));
    }
  }
}

/** Waits until there is more, or the caller goes. */
function news(log: StandInLog, call: ReadCall): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      stop();
      call.off('cancelled', wake);
      resolve();
    };
    const stop = log.onNews(wake);
    call.once('cancelled', wake);
  });
}
