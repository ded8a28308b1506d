import { SqliteLog } from '@jejak/adapters/sqlite';
import { canonical, type Json, type LoggedEvent, streamName } from '@jejak/core';
import path from 'node:path';
import { command, PROGRAMME } from './command';

/**
 * Opens a log again after whatever happened to its writer, and gives what is wrong with it: every acknowledged command
 * must be there once, every other whole or not at all, numbers without a gap; and it must take writes, without repair.
 */
export async function checkLog(
  directory: string,
  acknowledged: readonly string[],
): Promise<readonly string[]> {
  let log: SqliteLog;
  try {
    log = SqliteLog.open({ file: path.join(directory, 'log.db'), clock: Date.now });
  } catch (error) {
    return [`the log does not open again: ${String(error)}`];
  }
  try {
    const events = await log.readAll(undefined, Number.MAX_SAFE_INTEGER);
    return [...numbers(events), ...commands(events, acknowledged), ...(await takesWrites(log))];
  } catch (error) {
    return [`the log fails after it was opened again: ${String(error)}`];
  } finally {
    await log.close();
  }
}

function numbers(events: readonly (LoggedEvent & { readonly index?: number })[]): readonly string[] {
  const wrong: string[] = [];
  const revisions = new Map<string, number>();
  const indexes = new Map<string, number>();
  for (const { event, index } of events) {
    const revision = (revisions.get(event.stream) ?? -1) + 1;
    if (event.revision !== revision)
      wrong.push(`${event.stream} has ${String(event.revision)} in place ${String(revision)}`);
    revisions.set(event.stream, event.revision);
    const place = (indexes.get(event.programme) ?? -1) + 1;
    if (index !== place)
      wrong.push(`${event.programme} has index ${String(index)} in place ${String(place)}`);
    indexes.set(event.programme, place);
  }
  return wrong;
}

function commands(events: readonly LoggedEvent[], acknowledged: readonly string[]): readonly string[] {
  const wrong: string[] = [];
  const found = new Map<string, number[]>();
  const ids = new Set<string>();
  for (const { event } of events) {
    const { part, size } = event.data as { readonly part: number; readonly size: number };
    const parts = found.get(event.meta.commandId) ?? [];
    found.set(event.meta.commandId, parts);
    if (part !== parts.length || part >= size)
      wrong.push(`${event.meta.commandId} has part ${String(part)} twice or too early`);
    parts.push(size);
    if (ids.has(event.id)) wrong.push(`event ${event.id} is there twice`);
    ids.add(event.id);
    if (canonical(event as unknown as Json) !== canonical(JSON.parse(JSON.stringify(event)) as Json)) {
      wrong.push(`event ${event.id} does not read back as it was written`);
    }
  }
  for (const [command, parts] of found) {
    if (parts.length !== parts[0]) wrong.push(`${command} is there in part`);
  }
  for (const command of acknowledged) {
    if (!found.has(command)) wrong.push(`${command} was acknowledged and is lost`);
  }
  return wrong;
}

async function takesWrites(log: SqliteLog): Promise<readonly string[]> {
  const { id, events } = command(1);
  const stream = streamName('test', PROGRAMME, `check-${id}`);
  await log.append(stream, -1, events);
  return (await log.readStream(stream)).length === 1
    ? []
    : ['the log takes no writes after it was opened again'];
}
