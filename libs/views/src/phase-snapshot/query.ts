import { codeSchema, daySchema, ordinalSchema } from '@jejak/domain';
import { z } from 'zod';
import { cutOffOf } from '../cut-off';
import { figuresAt, type FiguresAt } from '../fulfilment/at';
import { foreign, ruleParam } from '../fulfilment/rule-param';
import { type Documents, type Need, NotFound, type Query } from '../query';
import { type PhaseAnswer, publishedSeal, resolvePhase } from './resolve';
import { type Restated, restatedOf } from './restated';
import { liveSnapshot, type Snapshot, snapshotNeeds } from './snapshot';
import {
  phaseKey,
  type PhaseDocument,
  type SealDocument,
  sealKey,
  STREAM_KEY,
  type StreamDocument,
} from './view';

export { liveSnapshot, publishedSeal, resolvePhase, snapshotNeeds };
export type { PhaseAnswer, Restated, Snapshot };

/** The phase was closed, and the seal of that closing is still being made. */
export class NotYetSealed extends Error {
  readonly code = 'not-yet-sealed';
}

const phaseCode = codeSchema.describe("the phase's code");

const snapshotParams = z.strictObject({
  cutOff: daySchema
    .optional()
    .describe('the last day that counts; today, or the last of the programme, when left out'),
  rule: ruleParam,
});
export type SnapshotParams = z.output<typeof snapshotParams>;

/** The snapshot by the official rule, and beside it the figures of another. */
export interface SnapshotAnswer extends Snapshot {
  readonly other?: FiguresAt;
}

/** The whole snapshot document at a cut-off, by the rule in force at it. */
export const snapshot: Query<SnapshotParams, SnapshotAnswer> = {
  name: 'snapshot',
  params: snapshotParams,
  needs: () => snapshotNeeds,
  answer(documents, params, context) {
    const cutOff = cutOffOf(documents, params.cutOff, context);
    const official = liveSnapshot(documents, { programme: context.programme, cutOff });
    if (params.rule === undefined) return official;
    return { ...official, other: figuresAt(documents, cutOff, foreign(documents, params.rule)) };
  },
};

/** A phase, and what its snapshot is now. */
export interface PhaseDetail extends PhaseDocument {
  /** of the programme's phase stream, which all phases share, for If-Match */
  readonly revision: number;
  readonly answer: PhaseAnswer;
  /** the seal that the public gets; null while none is published */
  readonly publishedSeal: number | null;
}

function detailOf(documents: Documents, document: PhaseDocument): PhaseDetail {
  const { revision } = documents.get('phase-snapshot', STREAM_KEY) as StreamDocument;
  const answer = resolvePhase(document);
  return { ...document, revision, answer, publishedSeal: publishedSeal(document) ?? null };
}
const STREAM_NEED: Need = { view: 'phase-snapshot', keys: [STREAM_KEY] };

const phasesParams = z.strictObject({});

/** The phases, in the order of their codes. */
export const phases: Query<z.output<typeof phasesParams>, { readonly items: readonly PhaseDetail[] }> = {
  name: 'phases',
  params: phasesParams,
  needs: () => [STREAM_NEED, { view: 'phase-snapshot', prefix: 'phase/' }],
  answer: (documents) => ({
    items: documents
      .list('phase-snapshot', 'phase/')
      .map(({ value }) => detailOf(documents, value as PhaseDocument)),
  }),
};

const phaseParams = z.strictObject({ phase: phaseCode });
export type PhaseParams = z.output<typeof phaseParams>;

/** One phase. */
export const phase: Query<PhaseParams, PhaseDetail> = {
  name: 'phase',
  params: phaseParams,
  needs: (params) => [STREAM_NEED, phaseNeed(params)],
  answer: (documents, params) => detailOf(documents, phaseOf(documents, params)),
};

/** A seal without its snapshot. */
export type SealSummary = Omit<SealDocument, 'snapshot'> & { readonly published: boolean };

/** The seals of a phase, by number. */
export const seals: Query<PhaseParams, { readonly items: readonly SealSummary[] }> = {
  name: 'seals',
  params: phaseParams,
  needs: (params) => [phaseNeed(params), sealsNeed(params)],
  answer(documents, params) {
    const { published: shown } = phaseOf(documents, params);
    const items = documents
      .list('phase-snapshot', sealsPrefix(params))
      .map(({ value }) => value as SealDocument)
      .sort((a, b) => a.number - b.number)
      .map(({ snapshot: _snapshot, ...summary }) => {
        const { number } = summary;
        return { ...summary, published: shown.some((each) => each.seal === number) };
      });
    return { items };
  },
};

const sealParams = z.strictObject({
  phase: phaseCode,
  seal: z.coerce.number().pipe(ordinalSchema).describe("the seal's number"),
});
export type SealParams = z.output<typeof sealParams>;

/** One seal, as it was stored. */
export const seal: Query<SealParams, SealDocument> = {
  name: 'seal',
  params: sealParams,
  needs: (params) => [phaseNeed(params), sealNeed(params)],
  answer: (documents, params) => sealOf(documents, params),
};

/** The highest published seal of a phase: what the public gets. */
export const published: Query<PhaseParams, SealDocument> = {
  name: 'published',
  params: phaseParams,
  needs: (params) => [phaseNeed(params), sealsNeed(params)],
  answer(documents, params) {
    const number = publishedSeal(phaseOf(documents, params));
    if (number === undefined) throw new NotFound(`no seal of phase ${params.phase} is published`);
    return sealOf(documents, { ...params, seal: number });
  },
};

/** A seal beside what is known now, with the events that make the difference. */
export const restated: Query<SealParams, Restated> = {
  name: 'restated',
  params: sealParams,
  needs: (params) => [...snapshotNeeds, phaseNeed(params), sealNeed(params)],
  answer(documents, params, { programme }) {
    return restatedOf(documents, programme, phaseOf(documents, params), sealOf(documents, params));
  },
};

function phaseNeed(params: PhaseParams): Need {
  return { view: 'phase-snapshot', keys: [phaseKey(params.phase)] };
}
function sealNeed(params: SealParams): Need {
  return { view: 'phase-snapshot', keys: [sealKey(params.phase, params.seal)] };
}
function sealsPrefix(params: PhaseParams): string {
  return `seal/${params.phase.toLowerCase()}/`;
}
function sealsNeed(params: PhaseParams): Need {
  return { view: 'phase-snapshot', prefix: sealsPrefix(params) };
}

/** @throws NotFound */
function phaseOf(documents: Documents, params: PhaseParams): PhaseDocument {
  const document = documents.get('phase-snapshot', phaseKey(params.phase)) as PhaseDocument | undefined;
  if (document === undefined) throw new NotFound(`there is no phase ${params.phase}`);
  return document;
}

/** @throws NotFound; NotYetSealed where the closing is there and its seal is not */
function sealOf(documents: Documents, params: SealParams): SealDocument {
  const found = documents.get('phase-snapshot', sealKey(params.phase, params.seal)) as
    SealDocument | undefined;
  if (found !== undefined) return found;
  const { closings } = phaseOf(documents, params);
  if (closings.some(({ number }) => number === params.seal)) {
    throw new NotYetSealed(`seal ${String(params.seal)} of phase ${params.phase} is being made`);
  }
  throw new NotFound(`phase ${params.phase} has no seal ${String(params.seal)}`);
}
