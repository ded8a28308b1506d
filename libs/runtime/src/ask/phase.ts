import { queries, type Snapshot } from '@jejak/views';
import type { Answered, Ask } from './ask';

/** The snapshot of a phase, and what it is (semantics 5). */
export interface PhaseSnapshot extends Snapshot {
  readonly phase: string;
  readonly status: 'scheduled' | 'open' | 'sealing' | 'sealed' | 'published' | 'reopened';
  /** the seal that it is, or that is being made; null while there is none */
  readonly seal: number | null;
}

export interface PhaseQuestion {
  readonly programme: string;
  readonly phase: string;
  readonly after?: string | undefined;
}

/**
 * What a phase's snapshot is now, for those who may see all of the programme: live while it is open, as known at the
 * closing while that is being sealed, then the seal.
 *
 * @throws as `Ask.answer`
 */
export async function phaseSnapshot(ask: Ask, question: PhaseQuestion): Promise<Answered<PhaseSnapshot>> {
  const { programme, phase: asked } = question;
  const { answer: detail } = await ask.answer({
    ...question,
    query: queries.phase,
    params: { phase: asked },
  });
  const { answer: means, code: phase, closings } = detail;
  switch (means.kind) {
    case 'live': {
      const params = { cutOff: means.cutOff, phase };
      const live = await ask.answer({ query: queries.snapshot, programme, params });
      return { ...live, answer: { status: means.status, seal: null, ...live.answer, phase } };
    }
    case 'known-at': {
      const { status, cutOff, knownAt, seal } = means;
      const params = { cutOff, phase };
      const then = await ask.answer({ query: queries.snapshot, programme, params, knownAt: String(knownAt) });
      return { ...then, answer: { status, seal, ...then.answer, phase } };
    }
    case 'seal': {
      const { status, seal: number } = means;
      const { answer: seal } = await ask.answer({
        query: queries.seal,
        programme,
        params: { phase, seal: String(number) },
      });
      const closing = closings.find((each) => each.id === seal.closing.id);
      const answer = { status, seal: number, ...(seal.snapshot as unknown as Snapshot), phase };
      return { answer, index: seal.closing.index, asOf: closing?.recordedAt ?? seal.recordedAt };
    }
    default:
      return means satisfies never;
  }
}

/**
 * What the public gets of a phase: its highest published seal.
 *
 * @throws as `Ask.answer`; NotFound where nothing is published
 */
export async function publishedSnapshot(ask: Ask, question: PhaseQuestion): Promise<Answered<PhaseSnapshot>> {
  const { programme, phase } = question;
  const { answer: seal } = await ask.answer({ ...question, query: queries.published, params: { phase } });
  const { answer: detail } = await ask.answer({ query: queries.phase, programme, params: { phase } });
  const closing = detail.closings.find((each) => each.id === seal.closing.id);
  const status = 'published' as const;
  const answer = { status, seal: seal.number, ...(seal.snapshot as unknown as Snapshot), phase: detail.code };
  return { answer, index: seal.closing.index, asOf: closing?.recordedAt ?? seal.recordedAt };
}

/** Questions whose answer is a seal: it is of its own index for ever, whatever came later. */
const SEALS: readonly string[] = [queries.seal.name, queries.published.name];

/** The answer to a question as it is shown: a seal's stands at the seal's own index. */
export function ofItsOwnIndex(question: string, answered: Answered): Answered {
  if (!SEALS.includes(question)) return answered;
  const { index, recordedAt } = answered.answer as { readonly index: number; readonly recordedAt: string };
  return { answer: answered.answer, index, asOf: recordedAt };
}
