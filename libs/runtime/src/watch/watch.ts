import {
  type Around,
  type CommandRunnerOptions,
  InvalidBody,
  KeyReused,
  PreconditionRequired,
  Refusal,
  RevisionMismatch,
  UnknownCommand,
} from '@jejak/core';
import type { Config } from '../config';
import type { Metrics } from './metrics';
import type { Span, Tracing } from './span';
import { openTracing, tracingOptions } from './tracing';

/** Which program it is. */
export type Program = 'api' | 'worker' | 'relay';

/** How a command went. */
export interface CommandTold {
  readonly type: string;
  readonly stream: string;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  readonly outcome: 'accepted' | 'repeated' | 'refused' | 'failed';
  /** of what refused it, or failed */
  readonly code?: string;
}

/** What is measured, traced and told in a process: nothing, where nothing was asked for. */
export interface Watch {
  readonly metrics: Metrics | undefined;
  readonly tracing: Tracing | undefined;
  /** told of each command */
  readonly onCommand?: ((told: CommandTold) => void) | undefined;
  /** Sends what is in hand. */
  close(): Promise<void>;
}

/** Nothing is measured and nothing traced. */
export const UNWATCHED: Watch = { metrics: undefined, tracing: undefined, close: async () => undefined };

export interface WatchListener {
  /** told how many spans could not be sent */
  readonly onLost?: (spans: number) => void;
  readonly onCommand?: Watch['onCommand'];
}

/** Opens what the configuration asks for. What it does not ask for is not loaded. */
export function openWatch(
  config: Config,
  program: Program,
  { onLost, onCommand }: WatchListener = {},
): Watch {
  const metrics = config.healthPort === undefined ? undefined : openMetrics(program);
  const options = tracingOptions(config, program);
  const lost = (spans: number): void => {
    metrics?.count('jejak_spans_lost_total', {}, spans);
    onLost?.(spans);
  };
  const tracing = options && openTracing({ ...options, onLost: lost });
  return { metrics, tracing, onCommand, close: async () => tracing?.close() };
}

function openMetrics(program: Program): Metrics {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- where nothing is measured it is not loaded
  const { Metrics: Opened } = require('./metrics') as typeof import('./metrics');
  return new Opened(program);
}

/** What a runner of commands is given to be watched. */
export function watchedCommands({
  metrics,
  tracing,
  onCommand,
}: Watch): Pick<CommandRunnerOptions, 'around' | 'onRetry'> {
  if (metrics === undefined && tracing === undefined && onCommand === undefined) return {};
  const around: Around = async (submission, carryOut) => {
    const { traceparent, type, stream, correlationId } = submission;
    const told = { type, stream, correlationId, traceparent };
    // What belongs to no trace begins none: of a file of 10,000 rows nobody reads the spans.
    const span =
      traceparent === undefined
        ? undefined
        : tracing?.start(type, 'internal', traceparent, { 'jejak.stream': stream });
    try {
      const ran = await carryOut(
        span === undefined ? submission : { ...submission, traceparent: span.traceparent },
      );
      const outcome = ran.repeated ? 'repeated' : 'accepted';
      metrics?.count('jejak_commands_total', { outcome });
      onCommand?.({ ...told, outcome });
      span?.set({ 'jejak.repeated': String(ran.repeated) });
      span?.end();
      return ran;
    } catch (error) {
      const outcome = REFUSALS.some((each) => error instanceof each) ? 'refused' : 'failed';
      const code = codeOf(error);
      metrics?.count('jejak_commands_total', { outcome });
      metrics?.count('jejak_command_refusals_total', { code });
      onCommand?.({ ...told, outcome, code });
      span?.end(error);
      throw error;
    }
  };
  return { around, onRetry: () => metrics?.count('jejak_command_retries_total') };
}

/** Refused is what is the sender's to mend. */
const REFUSALS = [
  InvalidBody,
  KeyReused,
  PreconditionRequired,
  Refusal,
  RevisionMismatch,
  UnknownCommand,
] as const;

/** As many codes as the source has: rules, and errors of ours. What else fails is `other`. */
function codeOf(error: unknown): string {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' && /^[a-z][a-z0-9-]{0,79}$/.test(code) ? code : 'other';
}

/** Spans of the events that belong to a trace, each a part of its command's. */
export function spansOf(
  tracing: Tracing,
  name: string,
  kind: 'producer' | 'consumer',
  events: readonly {
    readonly event: {
      readonly id: string;
      readonly type: string;
      readonly meta: { readonly traceparent?: string };
    };
  }[],
): readonly Span[] {
  const spans: Span[] = [];
  for (const { event } of events) {
    const { traceparent } = event.meta;
    if (traceparent === undefined) continue;
    spans.push(
      tracing.start(name, kind, traceparent, { 'jejak.event.id': event.id, 'jejak.event.type': event.type }),
    );
  }
  return spans;
}
