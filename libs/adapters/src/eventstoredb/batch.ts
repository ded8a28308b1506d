import { convertToCommandError } from '@eventstore/db-client';
import {
  MaximumAppendSizeExceeded,
  StreamIdentifier,
  UUID,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import type { Status } from '@eventstore/db-client/generated/status_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { randomUUID } from 'node:crypto';
import type { AppendCall, Internals } from './internals';
import { AppendTooLarge, AtAnotherRevision, NotAnswered, NotSent } from './errors';
import type { StoredEvent } from './envelopes';

/** Bytes of events in one message of an append; a larger append takes several. */
const MESSAGE = 1024 * 1024;

/** What EventStoreDB answers to an append: for a repeat, what it answered the first time. */
export interface Acknowledged {
  /** of the last event */
  readonly revision: number;
  readonly position: string;
}

interface Waiting {
  readonly call: AppendCall;
  readonly resolve: (acknowledged: Acknowledged) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Appends over one long call of the client's connection, as the client's own batch append does; but that has no timer,
 * one client's broken call rejects the appends of all, and an answer that comes after that ends the process. Here each
 * append has its timer, and a broken call breaks its own.
 */
export class BatchAppender {
  private readonly calls = new WeakMap<object, AppendCall | Promise<AppendCall>>();
  private readonly broken = new WeakSet<AppendCall>();
  /** when something last came on a call */
  private readonly heard = new WeakMap<AppendCall, number>();
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly internals: Internals) {}

  /**
   * @param expected the revision of the stream's last event, -1 for a stream without events
   * @param milliseconds in which an answer comes, or nobody knows
   * @throws AtAnotherRevision; AppendTooLarge; NotSent; NotAnswered; what else the client throws
   */
  async append(
    stream: string,
    expected: number,
    events: readonly StoredEvent[],
    milliseconds: number,
  ): Promise<Acknowledged> {
    const deadline = Date.now() + milliseconds;
    const call = await this.call(milliseconds);
    return new Promise((resolve, reject) => {
      const id = randomUUID();
      const began = performance.now();
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        // A call on which nothing came in all this time is given up; the next append makes another.
        if ((this.heard.get(call) ?? 0) < began) call.cancel();
        reject(new NotAnswered(`no answer within ${String(milliseconds)} ms`));
      }, deadline - Date.now());
      const settle = <T>(settled: (value: T) => void) => {
        return (value: T): void => {
          clearTimeout(timer);
          this.waiting.delete(id);
          settled(value);
        };
      };
      this.waiting.set(id, { call, resolve: settle(resolve), reject: settle(reject) });
      for (const message of messages(id, stream, expected, events, deadline)) call.write(message);
    });
  }

  /** The call that is open on the client's connection, or a new one. */
  private async call(milliseconds: number): Promise<AppendCall> {
    const { internals } = this;
    const open = internals.GRPCStreamCreator(
      StreamsClient,
      'appendToStream',
      (client) =>
        this.listened(
          client.batchAppend(...internals.callArguments({ requiresLeader: true }, { deadline: Infinity })),
        ),
      this.calls,
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new NotSent('no server was found in time'));
      }, milliseconds);
    });
    try {
      const call = await Promise.race([open(), late]);
      if (this.broken.has(call)) throw new NotSent('the connection has just gone');
      return call;
    } finally {
      clearTimeout(timer);
    }
  }

  private listened(call: AppendCall): AppendCall {
    const breakOff = (error: unknown): void => {
      this.broken.add(call);
      for (const each of [...this.waiting.values()]) if (each.call === call) each.reject(error);
    };
    call.on('data', (response: BatchAppendResp) => {
      this.heard.set(call, performance.now());
      const waiting = this.waiting.get(textOf(response.getCorrelationId()));
      if (waiting === undefined) return;
      const success = response.getSuccess();
      const error = response.getError();
      if (success !== undefined) {
        const position = success.getPosition()?.getCommitPosition() ?? '';
        waiting.resolve({ revision: Number(success.getCurrentRevision()), position });
      } else waiting.reject(error === undefined ? new NotAnswered('an empty answer') : refusalOf(error));
    });
    call.on('error', (error) => {
      breakOff(convertToCommandError(error));
    });
    call.on('end', () => {
      breakOff(new NotAnswered('EventStoreDB ended the call'));
    });
    return call;
  }
}

function* messages(
  id: string,
  stream: string,
  expected: number,
  events: readonly StoredEvent[],
  deadline: number,
): Generator<BatchAppendReq> {
  const options = new BatchAppendReq.Options()
    .setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8')))
    .setDeadline(Timestamp.fromDate(new Date(deadline)));
  if (expected === -1) options.setNoStream(new Empty());
  else options.setStreamPosition(String(expected));
  const begun = (): BatchAppendReq => new BatchAppendReq().setCorrelationId(new UUID().setString(id));
  let message = begun().setOptions(options);
  let size = 0;
  for (const { id: eventId, type, data, metadata } of events) {
    if (size > 0 && size + data.length + metadata.length > MESSAGE) {
      yield message;
      message = begun();
      size = 0;
    }
    size += data.length + metadata.length;
    const proposed = new BatchAppendReq.ProposedMessage()
      .setId(new UUID().setString(eventId))
      .setData(data)
      .setCustomMetadata(metadata);
    proposed.getMetadataMap().set('type', type);
    proposed.getMetadataMap().set('content-type', 'application/json');
    message.addProposedMessages(proposed);
  }
  yield message.setIsFinal(true);
}

/** Why EventStoreDB did not append. */
function refusalOf(error: Status): Error {
  const details = error.getDetails();
  switch (details?.getTypeName()) {
    case 'event_store.client.WrongExpectedVersion': {
      const wrong = details.unpack(
        (bytes) => WrongExpectedVersion.deserializeBinary(bytes),
        details.getTypeName(),
      );
      return new AtAnotherRevision(
        wrong?.hasCurrentStreamRevision() === true ? Number(wrong.getCurrentStreamRevision()) : -1,
      );
    }
    case 'event_store.client.MaximumAppendSizeExceeded': {
      const large = details.unpack(
        (bytes) => MaximumAppendSizeExceeded.deserializeBinary(bytes),
        details.getTypeName(),
      );
      return new AppendTooLarge(large?.getMaxappendsize() ?? 0);
    }
    case 'event_store.client.StreamDeleted':
    case 'event_store.client.AccessDenied':
    case 'event_store.client.BadRequest':
      return new Error(`EventStoreDB refuses an append: ${error.getMessage()}`);
    default:
      // Its own time was up, or it does not know itself.
      return new NotAnswered(error.getMessage());
  }
}

/** A UUID in either of the forms in which servers send it. */
function textOf(uuid: UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) return uuid?.getString() ?? '';
  const hex = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
