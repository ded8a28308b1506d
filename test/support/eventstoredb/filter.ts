import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { Kept } from './record';

export interface RecordFilter {
  matches(record: Kept): boolean;
  /** records that are looked at between two checkpoints */
  readonly interval: number;
}

/** Records that are looked at in one go, where the client names no number. */
const WINDOW = 32;

/** The filter of a subscription, by the names of streams or the types of events; undefined where it has none. */
export function filterOf(options: ReadReq.Options): RecordFilter | undefined {
  const filter = options.getFilter();
  if (filter === undefined) return undefined;
  const byType = filter.getEventType();
  const expression = byType ?? filter.getStreamIdentifier();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = prefixes.length > 0 ? undefined : new RegExp(expression?.getRegex() ?? '', 'u');
  const window = filter.hasMax() ? filter.getMax() : WINDOW;
  return {
    matches: ({ type, stream }) => {
      const text = byType === undefined ? stream : type;
      return regex === undefined ? prefixes.some((prefix) => text.startsWith(prefix)) : regex.test(text);
    },
    interval: window * Math.max(filter.getCheckpointintervalmultiplier(), 1),
  };
}
