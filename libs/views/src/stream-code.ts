import type { Envelope } from '@jejak/core';

/** The code of an event's stream, in lower case: what follows `<kind>-<programme>.` */
export function streamCode({ stream, programme }: Envelope): string {
  return stream.slice(stream.indexOf('-') + programme.length + 2);
}
