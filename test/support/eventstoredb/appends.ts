import { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendTooLarge, propertyMissing, streamDeleted, unavailable } from './errors';
import type { StandInLog } from './log';
import type { Expected, Fate, Outcome, Proposed } from './record';
import { empty, proposedOf, sizeOf, streamOf } from './wire';

/** What appends have of the server. */
export interface AppendSettings {
  readonly log: () => StandInLog;
  readonly maxAppendSize: number;
  /** what becomes of the next append */
  readonly fate: (stream: string) => Fate;
}

/** Carries out an append as its fate has it; undefined where no answer is sent. */
export async function carryOut(
  { log, fate }: AppendSettings,
  stream: string,
  expected: Expected,
  events: readonly Proposed[],
): Promise<Outcome | 'cut' | undefined> {
  const { before, commit, after, answer, lost } = fate(stream);
  if (before !== undefined) await sleep(before);
  if (lost === true) return undefined;
  const outcome = await log().append(stream, expected, events, commit);
  if (after !== undefined) await sleep(after);
  if (answer === 'cut') return 'cut';
  return answer === 'never' ? undefined : outcome;
}

/** One append: its options, then its events, then the answer. */
export function append(
  settings: AppendSettings,
): (call: ServerReadableStream<AppendReq, AppendResp>, reply: sendUnaryData<AppendResp>) => void {
  return (call, reply) => {
    void (async () => {
      let options: AppendReq.Options | undefined;
      const events: Proposed[] = [];
      let size = 0;
      for await (const message of call as AsyncIterable<AppendReq>) {
        options ??= message.getOptions();
        const proposed = message.getProposedMessage();
        if (proposed === undefined) continue;
        const event = proposedOf(proposed);
        if (!('id' in event)) {
          reply(propertyMissing(event));
          return;
        }
        size += sizeOf(event);
        if (size > settings.maxAppendSize) {
          reply(appendTooLarge(settings.maxAppendSize));
          return;
        }
        events.push(event);
      }
      const stream = streamOf(options?.getStreamIdentifier());
      const expected = expectedOf(options);
      const outcome = await carryOut(settings, stream, expected, events);
      if (outcome === undefined) return;
      if (outcome === 'cut') reply(unavailable());
      else if (outcome.kind === 'deleted') reply(streamDeleted(stream));
      else reply(null, answerOf(expected, outcome));
    })().catch((error: unknown) => {
      // The caller went: a call that was cancelled ends its messages with an error.
      reply(error as Error);
    });
  };
}

function expectedOf(options: AppendReq.Options | undefined): Expected {
  if (options?.hasRevision() === true) return Number(options.getRevision());
  if (options?.hasNoStream() === true) return 'no_stream';
  return options?.hasStreamExists() === true ? 'stream_exists' : 'any';
}

function answerOf(expected: Expected, outcome: Exclude<Outcome, { kind: 'deleted' }>): AppendResp {
  if (outcome.kind === 'written') {
    const position = String(outcome.position);
    const success = new AppendResp.Success().setPosition(
      new AppendResp.Position().setCommitPosition(position).setPreparePosition(position),
    );
    if (outcome.revision === -1) success.setNoStream(empty());
    else success.setCurrentRevision(String(outcome.revision));
    return new AppendResp().setSuccess(success);
  }
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.current === undefined) wrong.setCurrentNoStream(empty());
  else wrong.setCurrentRevision(String(outcome.current));
  if (expected === 'any') wrong.setExpectedAny(empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(empty());
  else wrong.setExpectedRevision(String(expected));
  return new AppendResp().setWrongExpectedVersion(wrong);
}
