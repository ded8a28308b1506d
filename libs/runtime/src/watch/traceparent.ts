const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;

/** Where in a trace something belongs (W3C Trace Context). */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** What a `traceparent` header says, of this or a later version; undefined where it says nothing valid. */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  const found = typeof header === 'string' ? FORM.exec(header) : null;
  if (found === null) return undefined;
  const [, version = '', traceId = '', spanId = '', flags = '', more] = found;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/** As version 00 of the header has it: 55 characters. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** A `traceparent` header as it is stored; undefined where it says nothing valid. */
export function validTraceparent(header: unknown): string | undefined {
  const context = parseTraceparent(header);
  return context && formatTraceparent(context);
}

/** The trace that an event belongs to, for a line of a log; nothing where it has none. */
export function traceIdOf(traceparent: string | undefined): { readonly traceId?: string } {
  const context = parseTraceparent(traceparent);
  return context === undefined ? {} : { traceId: context.traceId };
}
