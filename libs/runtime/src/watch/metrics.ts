import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricName, type NameOf } from './metric-list';

export type Labels = Readonly<Record<string, string | number>>;

/** The measures of a process; those of another program throw. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly counters = new Map<MetricName, Counter>();
  private readonly gauges = new Map<MetricName, Gauge>();
  private readonly histograms = new Map<MetricName, Histogram>();
  private readonly collectors: (() => Promise<void>)[] = [];

  /** @param program whose measures they are, such as `api` */
  constructor(program: string) {
    collectDefaultMetrics({ register: this.registry });
    for (const name of Object.keys(METRICS) as MetricName[]) {
      const of: string = METRICS[name].of;
      if (of === 'all' || of.split(', ').includes(program)) this.make(name);
    }
  }

  count(name: NameOf<'counter'>, labels: Labels = {}, by = 1): void {
    known(this.counters, name).inc(labels, by);
  }

  set(name: NameOf<'gauge'>, labels: Labels, value: number): void {
    known(this.gauges, name).set(labels, value);
  }

  observe(name: NameOf<'histogram'>, labels: Labels, seconds: number): void {
    known(this.histograms, name).observe(labels, seconds);
  }

  /** Forgets all that a gauge said: what is not known any more is not told. */
  forget(name: NameOf<'gauge'>): void {
    const gauge = known(this.gauges, name);
    if ('labels' in METRICS[name]) gauge.reset();
    else gauge.remove({});
  }

  /** Has something measured whenever the measures are read. What that throws is not told, and keeps nothing back. */
  collect(measure: () => Promise<void>): void {
    this.collectors.push(measure);
  }

  /** The measures in Prometheus' text format. */
  async text(): Promise<string> {
    await Promise.all(this.collectors.map((measure) => measure().catch(() => undefined)));
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private make(name: MetricName): void {
    const { kind, help, ...more } = METRICS[name];
    const labelNames = 'labels' in more ? [...more.labels] : [];
    const shape = { name, help, labelNames, registers: [this.registry] };
    if (kind === 'counter') this.counters.set(name, new Counter(shape));
    else if (kind === 'histogram') {
      const buckets = 'buckets' in more ? { buckets: [...more.buckets] } : {};
      this.histograms.set(name, new Histogram({ ...shape, ...buckets }));
    } else {
      const gauge = new Gauge(shape);
      // It begins with 0, which nobody has measured.
      if (labelNames.length === 0) gauge.remove({});
      this.gauges.set(name, gauge);
    }
  }
}

function known<M>(metrics: ReadonlyMap<MetricName, M>, name: MetricName): M {
  const metric = metrics.get(name);
  if (metric === undefined) throw new Error(`${name} is no measure of this program`);
  return metric;
}
