import { type Day, daySchema, type LatePolicy, type Rule } from '@jejak/domain';
import { z } from 'zod';
import { cutOffOf, PROGRAMME_NEED, programmeOf } from '../cut-off';
import { latest } from '../dated';
import { ruleAt } from '../fulfilment/at';
import { policyAt } from '../late';
import type { Query } from '../query';
import type { AgencyEntry, PhaseEntry, ProgrammeDocument } from './view';

const programmeParams = z.strictObject({
  cutOff: daySchema
    .optional()
    .describe(
      'the day whose rule and agencies are meant; today, or the last of the programme, when left out',
    ),
});
export type ProgrammeParams = z.output<typeof programmeParams>;

export interface AgencyDetail {
  readonly code: string;
  readonly name: string;
  /** on the day that is meant */
  readonly enrolled: boolean;
  /** enrolments and withdrawals, in the log's order */
  readonly facts: AgencyEntry['facts'];
}

/** A programme as it stands on a day. */
export interface ProgrammeDetail extends Pick<
  ProgrammeDocument,
  'name' | 'from' | 'to' | 'timeZone' | 'legalBasis' | 'dimensions' | 'rules' | 'phases'
> {
  readonly programme: string;
  readonly cutOff: Day;
  readonly latePolicy: LatePolicy;
  readonly rule: Rule;
  readonly ruleVersion: number | null;
  readonly agencies: readonly AgencyDetail[];
  /** of the programme's stream, for If-Match */
  readonly revision: number;
}

/** What a programme is. */
export const programme: Query<ProgrammeParams, ProgrammeDetail> = {
  name: 'programme',
  params: programmeParams,
  needs: () => [PROGRAMME_NEED],
  answer(documents, params, context) {
    const cutOff = cutOffOf(documents, params.cutOff, context);
    const { policies, agencies, ...document } = programmeOf(documents);
    const { rule, version: ruleVersion } = ruleAt(documents, cutOff);
    const shown = agencies.map((agency) => agencyOn(agency, cutOff));
    return {
      programme: context.programme,
      cutOff,
      ...document,
      latePolicy: policyAt(policies, Infinity),
      rule,
      ruleVersion,
      agencies: shown,
    };
  },
};

const summaryParams = z.strictObject({});

export interface ProgrammeSummary extends Pick<ProgrammeDocument, 'name' | 'from' | 'to' | 'timeZone'> {
  readonly programme: string;
  readonly phases: readonly Pick<PhaseEntry, 'code' | 'name' | 'status' | 'cutOff'>[];
  /** the highest published seal of the phase with the latest cut-off that has one; null where nothing is published */
  readonly published: {
    readonly phase: string;
    readonly seal: number;
    readonly cutOff: Day;
    readonly figure: unknown;
  } | null;
}

/** A programme in a row beside others. */
export const programmeSummary: Query<z.output<typeof summaryParams>, ProgrammeSummary> = {
  name: 'programme-summary',
  params: summaryParams,
  needs: () => [PROGRAMME_NEED],
  answer(documents, _params, context) {
    const { name, from, to, timeZone, phases } = programmeOf(documents);
    const short = phases.map(({ code, name: title, status, cutOff }) => ({
      code,
      name: title,
      status,
      cutOff,
    }));
    return {
      programme: context.programme,
      name,
      from,
      to,
      timeZone,
      phases: short,
      published: lastPublished(phases),
    };
  },
};

/** The agency on a day; where it is not enrolled then, under the name that it had last. */
function agencyOn({ code, facts }: AgencyEntry, day: Day): AgencyDetail {
  const enrolled = latest(facts, day)?.enrolled === true;
  const named = facts.filter((fact) => fact.name !== undefined);
  const name = (latest(named, day) ?? named[0])?.name ?? code;
  return { code, name, enrolled, facts };
}

function lastPublished(phases: readonly PhaseEntry[]): ProgrammeSummary['published'] {
  let found: ProgrammeSummary['published'] = null;
  for (const { code, seals, published } of phases) {
    if (published.length === 0) continue;
    const number = Math.max(...published.map(({ seal }) => seal));
    const seal = seals.find((each) => each.number === number);
    if (seal === undefined || (found !== null && seal.cutOff < found.cutOff)) continue;
    found = { phase: code, seal: number, cutOff: seal.cutOff, figure: seal.figure };
  }
  return found;
}
