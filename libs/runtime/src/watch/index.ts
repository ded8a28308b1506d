export { type HealthServer, serveHealth } from './health-server';
export { measureLags } from './lags';
export { commandLog, logStopped, openLogger } from './logger';
export { metricsTable } from './metric-list';
export type { Metrics } from './metrics';
export { scrubber } from './scrub';
export { traceIdOf, validTraceparent } from './traceparent';
export type { Span, Tracing } from './span';
export { openWatch, UNWATCHED, type Watch } from './watch';
