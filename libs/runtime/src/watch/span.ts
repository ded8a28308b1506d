export type SpanKind = 'server' | 'internal' | 'producer' | 'consumer';
export type Attributes = Readonly<Record<string, string | number>>;

/** A span that is under way. */
export interface Span {
  /** W3C Trace Context of what is done within it */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** @param error what it ended by; its code is told, and not its words, which may hold what somebody wrote */
  end(error?: unknown): void;
}

/** Spans, sent to a collector. */
export interface Tracing {
  /** @param parent W3C Trace Context of what it is part of; a trace of its own begins where there is none */
  start(name: string, kind: SpanKind, parent: string | undefined, attributes?: Attributes): Span;
  /** Sends what is in hand, within a short while. */
  close(): Promise<void>;
}

/** What spans are sent with. */
export interface TracingOptions {
  /** OTLP over HTTP: `/v1/traces` of it takes them */
  readonly endpoint: string;
  /** what the spans are told to be of */
  readonly service: string;
  /** told how many spans could not be sent */
  readonly onLost?: (spans: number) => void;
}
