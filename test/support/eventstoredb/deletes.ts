import {
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { streamDeleted, wrongExpectedVersion } from './errors';
import type { StandInLog } from './log';
import type { Expected, Outcome } from './record';
import { streamOf } from './wire';

type Options = DeleteReq.Options | TombstoneReq.Options;

/** Removes a stream until somebody writes to it again. */
export function deleteStream(
  log: () => StandInLog,
): (call: ServerUnaryCall<DeleteReq, DeleteResp>, reply: sendUnaryData<DeleteResp>) => void {
  return ({ request }, reply) => {
    void remove(log(), request.getOptions(), false).then((position) => {
      if (position instanceof Error) {
        reply(position);
        return;
      }
      const at = new DeleteResp.Position().setCommitPosition(position).setPreparePosition(position);
      reply(null, new DeleteResp().setPosition(at));
    });
  };
}

/** Removes a stream for good. */
export function tombstoneStream(
  log: () => StandInLog,
): (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, reply: sendUnaryData<TombstoneResp>) => void {
  return ({ request }, reply) => {
    void remove(log(), request.getOptions(), true).then((position) => {
      if (position instanceof Error) {
        reply(position);
        return;
      }
      const at = new TombstoneResp.Position().setCommitPosition(position).setPreparePosition(position);
      reply(null, new TombstoneResp().setPosition(at));
    });
  };
}

async function remove(
  log: StandInLog,
  options: Options | undefined,
  forGood: boolean,
): Promise<string | Error> {
  const stream = streamOf(options?.getStreamIdentifier());
  const expected = expectedOf(options);
  const outcome: Outcome = await log.remove(stream, expected, forGood);
  if (outcome.kind === 'written') return String(outcome.position);
  return outcome.kind === 'deleted'
    ? streamDeleted(stream)
    : wrongExpectedVersion(stream, expected, outcome.current);
}

function expectedOf(options: Options | undefined): Expected {
  if (options?.hasRevision() === true) return Number(options.getRevision());
  if (options?.hasNoStream() === true) return 'no_stream';
  return options?.hasStreamExists() === true ? 'stream_exists' : 'any';
}
