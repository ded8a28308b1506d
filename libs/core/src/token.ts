/** Where a command's last event stands: what a read must have seen to include it. */
export interface ReadToken {
  readonly logId: string;
  readonly programme: string;
  readonly position: string;
}

const TOKEN = /^([A-Za-z0-9-]+)~([a-z0-9.-]+)~([0-9]+)$/;

/** The token as it goes over the wire: `<logId>~<programme>~<position>`. */
export function formatToken(token: ReadToken): string {
  return `${token.logId}~${token.programme}~${token.position}`;
}

/** The parts of a token, or undefined where the text is none. */
export function parseToken(text: string): ReadToken | undefined {
  const [, logId, programme, position] = TOKEN.exec(text) ?? [];
  if (logId === undefined || programme === undefined || position === undefined) return undefined;
  return { logId, programme, position };
}

/** Whether position a lies before position b. Positions are decimal strings of any length. */
export function before(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}
