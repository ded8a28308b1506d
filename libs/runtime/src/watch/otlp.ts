import { ROOT_CONTEXT, SpanKind as Kind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { formatTraceparent, parseTraceparent } from './traceparent';
import type { Tracing, TracingOptions } from './span';

const KINDS = {
  server: Kind.SERVER,
  internal: Kind.INTERNAL,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
} as const;

/** How long closing waits for the collector, in milliseconds. */
const LEAVE = 3_000;

/**
 * Spans by OpenTelemetry, in batches, over OTLP. The sampler, the batches and further headers are set by OpenTelemetry's
 * own variables. Nothing global is registered: parents are named, so that no context has to be kept.
 */
export function otlpTracing({ endpoint, service, onLost }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ 'service.name': service })),
    spanProcessors: [new BatchSpanProcessor(counting(exporter, onLost))],
  });
  const tracer = provider.getTracer('jejak');
  return {
    start(name, kind, parent, attributes = {}) {
      const context = parseTraceparent(parent);
      const within =
        context === undefined
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, {
              traceId: context.traceId,
              spanId: context.spanId,
              traceFlags: context.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
              isRemote: true,
            });
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, within);
      const { traceId, spanId, traceFlags } = span.spanContext();
      const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
      return {
        traceparent: formatTraceparent({ traceId, spanId, sampled }),
        set: (more) => void span.setAttributes(more),
        end(error) {
          if (error !== undefined) {
            span.setAttribute('error.type', errorType(error));
            span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
    },
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, LEAVE);
      });
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

/** The code of an error of ours, else its class. */
export function errorType(error: unknown): string {
  const { code, constructor } = Object(error) as { code?: unknown; constructor: { name: string } };
  return typeof code === 'string' ? code : constructor.name;
}

function counting(exporter: SpanExporter, onLost: TracingOptions['onLost']): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        // 0 is success; its enumeration is in a package that is not ours to load.
        const code: number = result.code;
        if (code !== 0) onLost?.(spans.length);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}
