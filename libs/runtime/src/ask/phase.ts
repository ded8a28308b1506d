import { queries, type SealDocument, type Snapshot } from '@jejak/views';
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
  const { answer: means, code: phase } = detail;
  switch (means.kind) {
    case 'live': {
      const params = { cutOff: means.cutOff };
      // The figures come from other views, which may be behind the phase's own.
      const { after } = question;
      const live = await ask.answer({ query: queries.snapshot, programme, params, after });
      return { ...live, answer: { status: means.status, seal: null, ...live.answer, phase } };
    }
    case 'known-at': {
      const { status, cutOff, knownAt, seal } = means;
      const params = { cutOff };
      const then = await ask.answer({ query: queries.snapshot, programme, params, knownAt: String(knownAt) });
      return { ...then, answer: { status, seal, ...then.answer, phase } };
    }
    case 'seal': {
      const { status, seal: number } = means;
      const params = { phase, seal: String(number) };
      const found = await ask.answer({ query: queries.seal, programme, params });
      const { answer: seal, ...known } = await asOfItsClosing(ask, programme, found);
      const answer = { status, seal: number, ...(seal.snapshot as unknown as Snapshot), phase };
      return { ...known, answer };
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
  const found = await ask.answer({ ...question, query: queries.published, params: { phase } });
  const { answer: seal, ...known } = await asOfItsClosing(ask, programme, found);
  const { answer: detail } = await ask.answer({ query: queries.phase, programme, params: { phase } });
  const status = 'published' as const;
  const answer = { status, seal: seal.number, ...(seal.snapshot as unknown as Snapshot), phase: detail.code };
  return { ...known, answer };
}

/** A seal as it is shown: known as of its closing for ever, whatever came later. */
export async function asOfItsClosing(
  ask: Ask,
  programme: string,
  { answer }: Answered<SealDocument>,
): Promise<Answered<SealDocument>> {
  const { index } = answer.closing;
  return { answer, index, asOf: await ask.recordedAt(programme, index) };
}
