import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { serverError } from './errors';
import type { StandInLog } from './log';

/** A call that reads; its messages are made already. */
export type ReadCall = ServerWritableStream<ReadReq, Uint8Array>;

/** Sends a message; gives what to wait for where whoever reads is slower. */
export function send(call: ReadCall, message: Uint8Array): Promise<void> | undefined {
  if (call.cancelled || call.write(message)) return undefined;
  return new Promise((resolve) => {
    const go = (): void => {
      call.off('cancelled', go);
      call.off('drain', go);
      resolve();
    };
    call.once('cancelled', go);
    call.once('drain', go);
  });
}

/** The position from which the whole log is read; the real server, too, refuses one at which nothing was written. */
export function positionOf(log: StandInLog, options: ReadReq.Options.AllOptions | undefined): number {
  if (options?.hasPosition() !== true) return 0;
  const text = options.getPosition()?.getCommitPosition() ?? '0';
  const position = Number(text);
  if (log.isPosition(position)) return position;
  throw serverError(status.INVALID_ARGUMENT, `${text} is not a position of this log`);
}
