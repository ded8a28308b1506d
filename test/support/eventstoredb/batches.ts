import {
  AllStreamPosition,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  Timeout,
  type UUID,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { Code } from '@eventstore/db-client/generated/code_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { type AppendSettings, carryOut } from './appends';
import { unavailable } from './errors';
import type { Expected, Outcome, Proposed } from './record';
import { identifierOf, proposedOf, sizeOf, streamOf, textOf } from './wire';

/** An append whose messages are still coming. */
interface Open {
  readonly options: BatchAppendReq.Options;
  readonly events: Proposed[];
  size: number;
}

type Call = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** Many appends over one call, each answered when it is done, by its correlation id. */
export function batchAppend(settings: AppendSettings): (call: Call) => void {
  return (call) => {
    const open = new Map<string, Open>();
    let answering = 0;
    let ended = false;
    const endWhenDone = (): void => {
      if (ended && answering === 0) call.end();
    };
    const answer = async (id: UUID | undefined, append: Open): Promise<void> => {
      answering++;
      const response = await carriedOut(settings, append);
      answering--;
      if (response === 'cut') call.emit('error', unavailable());
      else if (response !== undefined && !call.cancelled) call.write(response.setCorrelationId(id));
      endWhenDone();
    };
    // Not by iteration: that would destroy the call when it is cut, and nobody would be told.
    call.on('data', (message: BatchAppendReq) => {
      const id = textOf(message.getCorrelationId());
      const options = message.getOptions();
      if (options !== undefined) open.set(id, { options, events: [], size: 0 });
      const append = open.get(id);
      if (append === undefined) return;
      for (const proposed of message.getProposedMessagesList()) {
        const event = proposedOf(proposed);
        if (!('id' in event)) continue;
        append.size += sizeOf(event);
        append.events.push(event);
      }
      if (!message.getIsFinal()) return;
      open.delete(id);
      void answer(message.getCorrelationId(), append);
    });
    call.on('end', () => {
      ended = true;
      endWhenDone();
    });
  };
}

async function carriedOut(
  settings: AppendSettings,
  { options, events, size }: Open,
): Promise<BatchAppendResp | 'cut' | undefined> {
  const stream = streamOf(options.getStreamIdentifier());
  const expected = expectedOf(options);
  const response = answerTo(stream, expected);
  const deadline = options.getDeadline()?.toDate().getTime() ?? Infinity;
  if (Date.now() > deadline) {
    return response.setError(failure(Code.DEADLINE_EXCEEDED, 'Timeout', new Timeout()));
  }
  if (size > settings.maxAppendSize) {
    const details = new MaximumAppendSizeExceeded().setMaxappendsize(settings.maxAppendSize);
    return response.setError(failure(Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', details));
  }
  const outcome = await carryOut(settings, stream, expected, events);
  return outcome === undefined || outcome === 'cut' ? outcome : answered(response, stream, expected, outcome);
}

function answered(
  response: BatchAppendResp,
  stream: string,
  expected: Expected,
  outcome: Outcome,
): BatchAppendResp {
  switch (outcome.kind) {
    case 'written': {
      const position = String(outcome.position);
      const success = new BatchAppendResp.Success().setPosition(
        new AllStreamPosition().setCommitPosition(position).setPreparePosition(position),
      );
      if (outcome.revision === -1) success.setNoStream(new Empty());
      else success.setCurrentRevision(String(outcome.revision));
      return response.setSuccess(success);
    }
    case 'wrong': {
      const details = new WrongExpectedVersion();
      if (outcome.current === undefined) details.setCurrentNoStream(new Empty());
      else details.setCurrentStreamRevision(String(outcome.current));
      if (expected === 'any') details.setExpectedAny(new Empty());
      else if (expected === 'no_stream') details.setExpectedNoStream(new Empty());
      else if (expected === 'stream_exists') details.setExpectedStreamExists(new Empty());
      else details.setExpectedStreamPosition(String(expected));
      return response.setError(failure(Code.ALREADY_EXISTS, 'WrongExpectedVersion', details));
    }
    case 'deleted': {
      const details = new StreamDeleted().setStreamIdentifier(identifierOf(stream));
      return response.setError(failure(Code.FAILED_PRECONDITION, 'StreamDeleted', details));
    }
  }
}

function answerTo(stream: string, expected: Expected): BatchAppendResp {
  const response = new BatchAppendResp().setStreamIdentifier(identifierOf(stream));
  if (expected === 'any') return response.setAny(new Empty());
  if (expected === 'no_stream') return response.setNoStream(new Empty());
  if (expected === 'stream_exists') return response.setStreamExists(new Empty());
  return response.setStreamPosition(String(expected));
}

/** A status with the name of what went wrong as message, and the thing itself as details. */
function failure(code: Code, name: string, details: Message): Status {
  const any = new Any();
  any.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new Status().setCode(code).setMessage(name).setDetails(any);
}

function expectedOf(options: BatchAppendReq.Options): Expected {
  if (options.hasStreamPosition()) return Number(options.getStreamPosition());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}
