import { EventStoreDBClient, jsonEvent, type JSONEventType, type ResolvedEvent } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { StandIn, type StandInOptions } from './stand-in';

/** A stand-in, and the official client of it. */
export interface Pair {
  readonly standIn: StandIn;
  readonly client: EventStoreDBClient;
  /** another client; more settings as in the connection string */
  another(settings?: string): EventStoreDBClient;
  close(): Promise<void>;
}

export async function startPair(options: StandInOptions = {}): Promise<Pair> {
  const standIn = await StandIn.start({ systemEvery: 0, ...options });
  const clients: EventStoreDBClient[] = [];
  const another = (settings = ''): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(`${standIn.address}${settings}`);
    clients.push(client);
    return client;
  };
  return {
    standIn,
    client: another(),
    another,
    close: async () => {
      await Promise.all(clients.map((client) => client.dispose()));
      await standIn.stop();
    },
  };
}

/** Events that a client can append, with the data { n }. */
export function someEvents(count: number, type = 'Happened') {
  return Array.from({ length: count }, (_, n) =>
    jsonEvent<JSONEventType<string, { n: number }>>({ id: randomUUID(), type, data: { n } }),
  );
}

/** All that a read gives. */
export async function all<E extends ResolvedEvent>(events: AsyncIterable<E>): Promise<readonly E[]> {
  const found: E[] = [];
  for await (const event of events) found.push(event);
  return found;
}

/** The first so many that a subscription gives. */
export async function first<E>(
  subscription: AsyncIterable<E> & { unsubscribe(): Promise<void> },
  count: number,
): Promise<readonly E[]> {
  const found: E[] = [];
  for await (const event of subscription) if (found.push(event) === count) break;
  await subscription.unsubscribe();
  return found;
}

export const idsOf = (events: readonly ResolvedEvent[]): readonly (string | undefined)[] =>
  events.map(({ event }) => event?.id);
