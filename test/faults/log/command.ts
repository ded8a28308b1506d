import type { NewEvent } from '@jejak/core';
import { randomUUID } from 'node:crypto';

export const PROGRAMME = 'malang.2023';

/** A command's events, which say how many they are and which part of it each is. */
export function command(size: number): { readonly id: string; readonly events: readonly NewEvent[] } {
  const id = randomUUID();
  const actor = { subject: 'u-writer', role: 'officer' };
  const meta = { actor, commandId: id, commandDigest: '0'.repeat(64), correlationId: id, causationId: id };
  const events = Array.from({ length: size }, (_, part) => {
    return {
      id: randomUUID(),
      type: 'Happened',
      version: 1,
      programme: PROGRAMME,
      data: { part, size },
      meta,
    };
  });
  return { id, events };
}
