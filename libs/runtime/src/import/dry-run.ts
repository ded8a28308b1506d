import {
  type Actor,
  type Catalogue,
  checked,
  commandIdOf,
  decideEvents,
  type Envelope,
  fieldIssue,
  type Json,
  parseStream,
  Refusal,
  streamName,
} from '@jejak/core';
import type { z } from 'zod';
import type { RecordedStreams } from './recorded';
import { rowRules } from './rules';

/** A command that is only asked about. */
export interface Asked {
  readonly type: string;
  readonly stream: string;
  readonly body: Json;
  readonly key: string;
}

/**
 * Decides a command as run-command would at this moment, on the streams as they were moved ahead, and moves its stream
 * on. Nothing is appended.
 *
 * @param actors who may give it, the likeliest first: the next is tried where one's agency has no part in it
 * @param at the moment that counts as now (ISO, UTC)
 * @throws Refusal of the decider's rules, or of the row's where the body does not fit the command
 */
export async function dryRun(
  asked: Asked,
  actors: readonly Actor[],
  streams: RecordedStreams,
  catalogue: Catalogue,
  at: string,
): Promise<void> {
  const { programme, code } = parseStream(asked.stream);
  const decider = streams.decider(asked.stream);
  const body = validated(decider.commands[asked.type]?.schema, asked.body);
  const facts: Record<string, unknown> = {};
  for (const name of decider.facts) {
    facts[name] = (await streams.ahead(streamName(name, programme))).state;
  }
  const { state, revision } = await streams.ahead(asked.stream);
  const command = { type: asked.type, body, programme, code, at };
  const decide = (actor: Actor): Envelope[] => {
    const commandId = commandIdOf(actor.subject, asked.stream, asked.key);
    const meta = { commandDigest: '', correlationId: '', causationId: commandId };
    const events = decideEvents({ decider, command, actor, state, facts, commandId, meta }, catalogue);
    return events.map((event, n) => ({
      ...event,
      stream: asked.stream,
      revision: revision + 1 + n,
      recordedAt: at,
    }));
  };

  await streams.move(asked.stream, firstOf(actors, decide));
}

/** As a caller of several agencies is let act: for the one that has a part in it. */
function firstOf(actors: readonly Actor[], decide: (actor: Actor) => Envelope[]): Envelope[] {
  let refused: unknown;
  for (const actor of actors) {
    try {
      return decide(actor);
    } catch (error) {
      refused ??= error;
      if (!(error instanceof Refusal) || error.code !== 'not-your-agency') throw refused;
    }
  }
  throw refused;
}

/** @throws Refusal `text-too-long`, `text-too-short`, `does-not-fit` */
function validated(schema: z.ZodType | undefined, body: Json): unknown {
  const parsed = schema === undefined ? undefined : checked(schema, body);
  if (parsed === undefined) throw new Error('there is no such command');
  if (parsed.success) return parsed.data;
  throw refusalOf(parsed.error.issues[0] as z.core.$ZodIssue);
}

function refusalOf(issue: z.core.$ZodIssue): Refusal {
  const { field, message } = fieldIssue(issue);
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return rowRules('text-too-long', { most: Number(issue.maximum) }, field);
  }
  if (issue.code === 'too_small' && issue.origin === 'string') {
    return rowRules('text-too-short', { least: Number(issue.minimum) }, field);
  }
  return new Refusal('does-not-fit', message, {}, field);
}
