import { INSTALLATION, isoMoment } from '@jejak/core';
import { codeSchema, GRANTED_ROLES, ordinalSchema, type Role } from '@jejak/domain';
import { NotFound, type Query, queries } from '@jejak/views';
import { z } from 'zod';
import type { Jejak } from '../jejak';
import type { Answered } from './ask';
import { validParams } from './ask';
import { accountsPage, directoryParams, grantsPage } from './directory';
import { asOfItsClosing, phaseSnapshot, publishedSnapshot } from './phase';
import { programmesSideBySide } from './programmes';
import { auditTrail } from './trail';

/** A question as a caller sends it. */
export interface Sought {
  readonly programme: string;
  /** as they came, not yet validated */
  readonly params: unknown;
  readonly after?: string | undefined;
  readonly knownAt?: string | undefined;
}

/** Who asks, and in which role. */
export interface Reader {
  readonly subject?: string;
  readonly role: Role;
}

/** A question that can be asked over HTTP: who may ask it, its parameters, and how it is answered. */
export interface QuestionType {
  readonly name: string;
  readonly readers: readonly Role[];
  readonly params: z.ZodType;
  /** whether `knownAt` can be asked of it */
  readonly ofThePast: boolean;
  answer(jejak: Jejak, sought: Sought, reader: Reader): Promise<Answered>;
}

/** Everyone who has a role in the programme. */
const MEMBERS: readonly Role[] = GRANTED_ROLES;
const EVERYONE: readonly Role[] = [...MEMBERS, 'operator', 'public'];

/** A question that its query alone answers, from stored documents or those of the past. */
function plain<P, A>(query: Query<P, A>): QuestionType {
  return {
    name: query.name,
    readers: MEMBERS,
    params: query.params,
    ofThePast: true,
    answer: ({ ask }, sought) => ask.answer({ ...sought, query }),
  };
}

const phaseParams = z.strictObject({ phase: codeSchema });
const restatedParams = z.strictObject({
  phase: codeSchema,
  seal: z.coerce
    .number()
    .pipe(ordinalSchema)
    .optional()
    .describe("the seal's number; the latest when left out"),
});
const none = z.strictObject({});
const accessLogParams = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.coerce.number().pipe(ordinalSchema).optional().describe('`next` of the page before'),
});

/** Every question, by name. What the public may ask is answered from what is published alone. */
export const questions = {
  action: plain(queries.action),
  actions: plain(queries.actions),
  budgetByAgency: plain(queries.budgetByAgency),
  budgetLine: plain(queries.budgetLine),
  budgetLines: plain(queries.budgetLines),
  csr: plain(queries.csr),
  csrContribution: plain(queries.csrContribution),
  csrTotals: plain(queries.csrTotals),
  explain: plain(queries.explain),
  finding: plain(queries.finding),
  findings: plain(queries.findings),
  fulfilment: plain(queries.fulfilment),
  phase: plain(queries.phase),
  phases: plain(queries.phases),
  programme: plain(queries.programme),
  snapshot: plain(queries.snapshot),

  seals: {
    ...plain(queries.seals),
    readers: EVERYONE,
    async answer({ ask }, sought, reader) {
      const answered = await ask.answer({ ...sought, query: queries.seals });
      if (sees(reader)) return answered;
      const items = answered.answer.items.filter(({ published }) => published);
      if (items.length === 0) throw new NotFound('no seal is published');
      return { ...answered, answer: { items } };
    },
  },
  seal: {
    ...plain(queries.seal),
    readers: EVERYONE,
    async answer({ ask }, sought, reader) {
      if (!sees(reader)) {
        const { phase, seal } = validParams(queries.seal, sought.params);
        const { programme } = sought;
        const { answer } = await ask.answer({
          ...sought,
          query: queries.phase,
          programme,
          params: { phase },
        });
        if (!answer.published.some((each) => each.seal === seal))
          throw new NotFound('the seal is not published');
      }
      const found = await ask.answer({ ...sought, query: queries.seal });
      return asOfItsClosing(ask, sought.programme, found);
    },
  },
  restated: {
    name: 'restated',
    readers: MEMBERS,
    params: restatedParams,
    ofThePast: true,
    async answer({ ask }, sought) {
      const { phase, seal } = validParams({ params: restatedParams }, sought.params);
      const { answer: detail } = await ask.answer({ ...sought, query: queries.phase, params: { phase } });
      const number = seal ?? detail.seals.reduce((most, each) => Math.max(most, each.number), 0);
      if (number === 0) throw new NotFound(`phase ${phase} has no seal`);
      return ask.answer({ ...sought, query: queries.restated, params: { phase, seal: number } });
    },
  },
  phaseSnapshot: {
    name: 'phase-snapshot',
    readers: EVERYONE,
    params: phaseParams,
    ofThePast: false,
    answer({ ask }, { programme, params, after }, reader) {
      const { phase } = validParams({ params: phaseParams }, params);
      const question = { programme, phase, after };
      return sees(reader) ? phaseSnapshot(ask, question) : publishedSnapshot(ask, question);
    },
  },
  auditTrail: {
    ...plain(queries.auditTrail),
    readers: ['verifier', 'office', 'evaluator', 'auditor'],
    answer: ({ ask, log, catalogue }, sought) => auditTrail(ask, log, catalogue, sought),
  },
  programmes: {
    name: 'programmes',
    readers: EVERYONE,
    params: none,
    ofThePast: false,
    async answer({ ask, log, guard, clock }, { params }, { subject }) {
      validParams({ params: none }, params);
      const items = await programmesSideBySide(ask, log, async (programme) => {
        if (subject === undefined) return 'published';
        const { grants, operator } = await guard.rights(subject, programme);
        return operator || grants.length > 0 ? 'all' : 'published';
      });
      const index = items.reduce((sum, row) => sum + row.index + 1, 0);
      const asOf =
        items
          .map((row) => row.asOf)
          .sort()
          .at(-1) ?? isoMoment(clock());
      return { answer: { items }, index, asOf };
    },
  },
  grants: {
    name: 'grants',
    readers: ['office', 'auditor', 'operator'],
    params: directoryParams,
    ofThePast: false,
    async answer(jejak, { programme, params }) {
      const page = validParams({ params: directoryParams }, params);
      return atHead(jejak, programme, () => grantsPage(jejak, programme, page));
    },
  },
  accounts: {
    name: 'accounts',
    readers: ['operator'],
    params: directoryParams,
    ofThePast: false,
    async answer(jejak, { params }) {
      const page = validParams({ params: directoryParams }, params);
      return atHead(jejak, INSTALLATION, () => accountsPage(jejak, page));
    },
  },
  accessLog: {
    name: 'access-log',
    readers: ['auditor', 'operator'],
    params: accessLogParams,
    ofThePast: false,
    async answer(jejak, { programme, params }) {
      const { limit, before } = validParams({ params: accessLogParams }, params);
      const of = programme === INSTALLATION ? {} : { programme };
      return atHead(jejak, programme, async () => {
        const items = await jejak.credentials.accessLog({
          ...of,
          limit,
          ...(before !== undefined && { before }),
        });
        return { items, next: items.length < limit ? null : (items.at(-1)?.id ?? null) };
      });
    },
  },
} as const satisfies { readonly [name: string]: QuestionType };

function sees({ role }: Reader): boolean {
  return MEMBERS.includes(role);
}

/**
 * An answer that is read from the streams themselves: of the programme's last event before it is read, since what came
 * while it was read it may not have seen.
 */
async function atHead(jejak: Jejak, programme: string, read: () => Promise<unknown>): Promise<Answered> {
  const head = await jejak.log.head(programme);
  if (head === undefined) throw new NotFound(`there is no programme ${programme}`);
  const answer = await read();
  return { answer, index: head.index, asOf: await jejak.ask.recordedAt(programme, head.index) };
}
