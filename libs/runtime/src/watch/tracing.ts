import type { Config } from '../config';
import type { Tracing, TracingOptions } from './span';

/** How a process of the configuration traces; undefined where it does not. */
export function tracingOptions(config: Config, process: string): TracingOptions | undefined {
  const { tracesEndpoint: endpoint, serviceName } = config;
  return endpoint === '' ? undefined : { endpoint, service: serviceName || `jejak-${process}` };
}

/** Opens what sends spans. Its libraries are loaded here, and nowhere else: without it they cost nothing. */
export function openTracing(options: TracingOptions): Tracing {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- where nothing is traced it is not loaded
  const { otlpTracing } = require('./otlp') as typeof import('./otlp');
  return otlpTracing(options);
}
