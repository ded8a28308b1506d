import { type Envelope, keptText, type ProgrammeEvent } from '@jejak/core';

/** The media type of an event in the structured JSON mode of CloudEvents 1.0, in a message's header. */
export const CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/** A message that is no event of this log. */
export class Unreadable extends Error {
  readonly code = 'unreadable-message';
}

/**
 * An event as CloudEvents 1.0 in structured JSON mode. Its `data` is the canonical text of the envelope, unchanged;
 * the extensions `index`, `position` and `programme` tell its place, and `traceparent` the trace that it is of.
 *
 * @param source names the log
 */
export function cloudEventText({ event, index, position }: ProgrammeEvent, source: string): string {
  const attributes = {
    specversion: '1.0',
    id: event.id,
    source,
    type: event.type,
    subject: event.stream,
    time: event.recordedAt,
    datacontenttype: 'application/json',
    index,
    position,
    programme: event.programme,
    // Left out where there is none.
    traceparent: event.meta.traceparent,
  };
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${keptText(event)}}`;
}

/**
 * The event that a message carries.
 *
 * @throws Unreadable, with the reason
 */
export function readCloudEvent(text: string | undefined, source: string): ProgrammeEvent {
  const { specversion, source: origin, index, position, data } = parsed(text);
  if (specversion !== '1.0') throw new Unreadable('it is no event of CloudEvents 1.0');
  if (origin !== source) throw new Unreadable(`it is of another log: ${String(origin)}`);
  if (!Number.isSafeInteger(index) || (index as number) < 0) throw new Unreadable('it has no index');
  if (typeof position !== 'string' || !/^[0-9]+$/.test(position)) throw new Unreadable('it has no position');
  return { event: envelopeOf(data), index: index as number, position };
}

interface Members {
  readonly [name: string]: unknown;
}

const isRecord = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string | undefined): Members {
  if (text === undefined) throw new Unreadable('it is empty');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable('it is no JSON');
  }
  if (!isRecord(value)) throw new Unreadable('it is no JSON object');
  return value;
}

const TEXTS = ['id', 'type', 'stream', 'programme', 'recordedAt'] as const;

function envelopeOf(data: unknown): Envelope {
  if (!isRecord(data)) throw new Unreadable('it has no envelope');
  const missing = TEXTS.find((name) => typeof data[name] !== 'string' || data[name] === '');
  if (missing !== undefined) throw new Unreadable(`its envelope has no ${missing}`);
  if (!Number.isSafeInteger(data.revision) || !Number.isSafeInteger(data.version) || !isRecord(data.meta)) {
    throw new Unreadable('its envelope has no revision, no version or no meta');
  }
  return data as unknown as Envelope;
}
