/** A measure that Prometheus may read: the table of the README is written from these. */
interface Listed {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: readonly string[];
  /** upper bounds, of a histogram */
  readonly buckets?: readonly number[];
  /** the programs that have it */
  readonly of: string;
}

const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * All measures of ours, by name. No label holds a programme or a person: which programmes are stopped is what
 * `/health/ready` says.
 */
export const METRICS = {
  jejak_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'how long requests took, by the template of their route',
    labels: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    of: 'api',
  },
  jejak_append_duration_seconds: {
    kind: 'histogram',
    help: 'how long the log took to append a command’s events; `outcome` is `appended`, `conflict` or `failed`',
    labels: ['outcome'],
    buckets: BUCKETS,
    of: 'api, worker',
  },
  jejak_commands_total: {
    kind: 'counter',
    help: 'commands by `outcome`: `accepted`, `repeated`, `refused` or `failed`',
    labels: ['outcome'],
    of: 'api, worker',
  },
  jejak_command_refusals_total: {
    kind: 'counter',
    help: 'commands that were refused or failed, by the code that was answered',
    labels: ['code'],
    of: 'api, worker',
  },
  jejak_command_retries_total: {
    kind: 'counter',
    help: 'how often a command began again, since another one was appended first',
    of: 'api, worker',
  },
  jejak_view_lag_events: {
    kind: 'gauge',
    help: 'events that the view has yet to fold, of all programmes together',
    labels: ['view'],
    of: 'api, worker',
  },
  jejak_view_stopped_programmes: {
    kind: 'gauge',
    help: 'programmes for which the view has stopped',
    labels: ['view'],
    of: 'api, worker',
  },
  jejak_process_lag_events: {
    kind: 'gauge',
    help: 'events that the process has yet to look at, of all programmes together',
    labels: ['process'],
    of: 'api, worker',
  },
  jejak_process_stopped_programmes: {
    kind: 'gauge',
    help: 'programmes for which the process has stopped',
    labels: ['process'],
    of: 'api, worker',
  },
  jejak_partition_lag_messages: {
    kind: 'gauge',
    help: 'messages behind this worker in a partition of Kafka that it has; `group` is `views`, `processes` or `commands`',
    labels: ['group', 'partition'],
    of: 'worker',
  },
  jejak_group_member: {
    kind: 'gauge',
    help: '1 while this worker is a member of the group',
    labels: ['group'],
    of: 'worker',
  },
  jejak_consumed_events_total: {
    kind: 'counter',
    help: 'events that this worker took from Kafka',
    labels: ['group'],
    of: 'worker',
  },
  jejak_unreadable_messages_total: {
    kind: 'counter',
    help: 'messages that could not be read, and were kept aside',
    of: 'worker',
  },
  jejak_relay_active: { kind: 'gauge', help: '1 while it is this relay’s turn', of: 'relay' },
  jejak_relay_lag_events: {
    kind: 'gauge',
    help: 'events of the log that are not in Kafka yet, counted up to 10,000; of the active relay only',
    of: 'relay',
  },
  jejak_relay_position: {
    kind: 'gauge',
    help: 'position in the log up to which this relay has carried everything',
    of: 'relay',
  },
  jejak_relay_events_total: { kind: 'counter', help: 'events that this relay carried to Kafka', of: 'relay' },
  jejak_relay_delay_seconds: {
    kind: 'histogram',
    help: 'from when an event was recorded to when Kafka had it',
    buckets: BUCKETS,
    of: 'relay',
  },
  jejak_troubles_total: {
    kind: 'counter',
    help: 'what went wrong and was tried again, by where',
    labels: ['what'],
    of: 'all',
  },
  jejak_spans_lost_total: {
    kind: 'counter',
    help: 'spans that the collector of traces did not take',
    of: 'all',
  },
} as const satisfies Readonly<Record<string, Listed>>;

export type MetricName = keyof typeof METRICS;
export type NameOf<K extends Listed['kind']> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never;
}[MetricName];

/** The measures as a Markdown table. */
export function metricsTable(): string {
  const rows = Object.entries(METRICS as Readonly<Record<string, Listed>>).map(
    ([name, { kind, help, labels = [], of }]) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${of} | ${help} |`,
  );
  return ['| name | kind | labels | of | meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}
