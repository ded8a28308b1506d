import type { FieldIssue } from '@jejak/core';
import type { z } from 'zod';

/** Documents of one programme that a question needs: by key, or all whose key begins with a prefix. */
export interface Need {
  readonly view: string;
  readonly keys?: readonly string[];
  readonly prefix?: string;
}

/** The documents that were asked for, of one programme, all at one index of its log. */
export interface Documents {
  get(view: string, key: string): unknown;
  /** by key, in the order of UTF-16 code units */
  list(
    view: string,
    prefix?: string,
  ): readonly { readonly key: string; readonly index: number; readonly value: unknown }[];
}

/** When and of what a question is asked. */
export interface QueryContext {
  readonly programme: string;
  /** index of the last event that the documents have seen */
  readonly index: number;
  /** the moment that counts as now (ISO, UTC); decides only what a missing cut-off means */
  readonly now: string;
}

/**
 * A question to one programme: which documents it needs, and the answer as a pure function of them. The same function
 * answers from stored documents (known now) and from documents folded up to an index (known then).
 */
export interface Query<P = unknown, A = unknown> {
  readonly name: string;
  readonly params: z.ZodType<P>;
  /** an answer too large to be kept for the next who asks the same */
  readonly unkept?: true;
  needs(params: P): readonly Need[];
  /**
   * The documents that turn out to be needed once those before were read; asked again with them, until there are none.
   * They may have seen events after `context.index`: such a query looks past those by itself. Where all documents are
   * at hand, nobody asks.
   */
  further?(documents: Documents, params: P, context: QueryContext): readonly Need[];
  answer(documents: Documents, params: P, context: QueryContext): A;
}

/** A parameter of a question does not fit it. */
export class InvalidParams extends Error {
  readonly code = 'invalid-params';
  constructor(readonly issues: readonly FieldIssue[]) {
    super(issues.map(({ field, message }) => `${field}: ${message.en}`).join('; '));
  }
}

/** What was asked for does not exist in the programme. */
export class NotFound extends Error {
  readonly code = 'not-found';
}
