import type { EventStoreDBClient } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { CallOptions, ClientDuplexStream, Metadata } from '@grpc/grpc-js';

export type AppendCall = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

/**
 * What the client keeps to itself, and we cannot do without: its way to a call on the connection that it discovered,
 * with its credentials. The client's version is pinned, and our specs use each of these.
 */
export interface Internals {
  readonly capabilities: Promise<{ readonly serverVersion: string }>;
  getChannel(): Promise<{ close(): void }>;
  callArguments(base: { readonly requiresLeader?: boolean }, options: CallOptions): [Metadata, CallOptions];
  GRPCStreamCreator(
    service: typeof StreamsClient,
    name: string,
    creator: (client: StreamsClient) => AppendCall,
    cache: WeakMap<object, AppendCall | Promise<AppendCall>>,
  ): () => Promise<AppendCall>;
}

export function internalsOf(client: EventStoreDBClient): Internals {
  return client as unknown as Internals;
}
