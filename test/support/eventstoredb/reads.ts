import { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { positionOf, type ReadCall, send } from './call';
import { streamDeleted, unimplemented } from './errors';
import type { StandInLog } from './log';
import type { Kept } from './record';
import { subscribe } from './subscriptions';
import { eventBytes, notFoundBytes, streamOf } from './wire';

/** Reads, and subscriptions, which are reads that do not end. */
export function read(log: () => StandInLog): (call: ReadCall) => void {
  return (call) => {
    const options = call.request.getOptions() ?? new ReadReq.Options();
    const work = options.hasSubscription() ? subscribe(log(), call, options) : answer(log(), call, options);
    work.catch((error: unknown) => call.emit('error', error));
  };
}

async function answer(log: StandInLog, call: ReadCall, options: ReadReq.Options): Promise<void> {
  if (options.getResolveLinks()) throw unimplemented('link resolution');
  const limit = options.hasCount() ? Number(options.getCount()) : 0;
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
  const stream = options.getStream();
  if (stream === undefined) return finish(call, ofLog(log, options.getAll(), backwards), limit);
  const name = streamOf(stream.getStreamIdentifier());
  const known = log.stream(name);
  if (known?.isRemoved === true) throw streamDeleted(name);
  const shown = known?.events.filter((record) => record.revision >= known.first && log.isSeen(record)) ?? [];
  if (shown.length === 0) {
    await send(call, notFoundBytes(name));
    call.end();
    return;
  }
  await finish(call, ofStream(shown, stream, backwards), limit);
}

function* ofStream(
  shown: readonly Kept[],
  options: ReadReq.Options.StreamOptions,
  backwards: boolean,
): Generator<Kept> {
  const first = (shown[0] as Kept).revision;
  const from = options.hasRevision()
    ? Number(options.getRevision())
    : options.hasEnd()
      ? Number.MAX_SAFE_INTEGER
      : 0;
  if (!backwards) yield* options.hasEnd() ? [] : shown.slice(Math.max(from - first, 0));
  else for (let n = Math.min(from - first, shown.length - 1); n >= 0; n--) yield shown[n] as Kept;
}

function* ofLog(
  log: StandInLog,
  options: ReadReq.Options.AllOptions | undefined,
  backwards: boolean,
): Generator<Kept> {
  const position = positionOf(log, options);
  // Forwards the position is the first that is read, backwards the first that is not.
  if (backwards) {
    for (let n = options?.hasEnd() === true ? log.length - 1 : log.find(position) - 1; n >= 0; n--) {
      const record = log.at(n);
      if (record !== undefined) yield record;
    }
  } else if (options?.hasEnd() !== true) {
    for (let n = log.find(position); n < log.length; n++) {
      const record = log.at(n);
      if (record !== undefined) yield record;
    }
  }
}

async function finish(call: ReadCall, records: Iterable<Kept>, limit: number): Promise<void> {
  let count = 0;
  for (const record of records) {
    if (count++ === limit || call.cancelled) break;
    const full = send(call, eventBytes(record));
    if (full !== undefined) await full;
  }
  call.end();
}
