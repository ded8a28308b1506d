import { randomUUID } from 'node:crypto';
import { type City, DAYS, establishment, line, plan, QUARTER, ROLES } from './city';

/** Everybody who may come to a route: the people of the programme, those of another one, the operator, and nobody. */
export const HERE = ROLES;
export const ELSEWHERE = [
  'officer elsewhere',
  'otherOfficer elsewhere',
  'verifier elsewhere',
  'office elsewhere',
  'evaluator elsewhere',
  'auditor elsewhere',
] as const;
export const PERSONAS = [...HERE, ...ELSEWHERE, 'operator', 'anyone'] as const;
export type Persona = (typeof PERSONAS)[number];

/** A request, made ready so that whoever may make it is answered with a success. */
export interface Prepared {
  readonly path: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** what to send as another persona of the row */
  readonly as?: Partial<Record<Persona, unknown>>;
}

export interface Row {
  /** who is answered with a success */
  readonly allowed: readonly Persona[];
  /** who may give the command, and is refused by a rule all the same */
  readonly ruled?: Partial<Record<Persona, string>>;
  /** who does not see that there is anything */
  readonly unseen?: readonly Persona[];
  prepare(city: City): Promise<Prepared>;
}

const MEMBERS: readonly Persona[] = ['officer', 'otherOfficer', 'verifier', 'office', 'evaluator', 'auditor'];
const OUTSIDE: readonly Persona[] = [...ELSEWHERE, 'operator', 'anyone'];
const BEHALF = { onBehalfOf: 'diskominfo', reason: 'dilaporkan lewat surat' };
const BUT_OWN = { otherOfficer: 'not-your-agency' };

let made = 0;
const fresh = (prefix: string): string => `${prefix}-${String(++made)}`;

async function action({ path, people }: City): Promise<string> {
  const code = fresh('R');
  await people.office.accepted(`${path}/actions`, plan(code));
  return `${path}/actions/${code}`;
}

async function budgetLine({ path, people }: City): Promise<string> {
  const code = fresh('L');
  await people.office.accepted(`${path}/budget-lines`, line(code));
  return `${path}/budget-lines/${code}`;
}

const report = (more: object = {}) => ({ occurredOn: DAYS.middle, ...more });
const onBehalf = (body: object) => ({ body, as: { office: { ...body, ...BEHALF } } });
const sp2d = () => report({ amount: 1000, document: { kind: 'sp2d', number: fresh('SP2D') } });
const pledge = () => report({ donor: 'bank-x', year: 2022, amount: 5000 });
const receipt = () => report({ donor: 'bank-x', year: 2022, amount: 5000, receiptNo: fresh('KW') });

/** The id of what an officer just reported. */
async function reported({ people }: City, path: string, body: object): Promise<string> {
  const { body: accepted } = await people.officer.accepted(path, body);
  return accepted.events[0].id as string;
}

async function contribution(city: City): Promise<{ path: string; receipt: string }> {
  const path = `${city.path}/csr/${fresh('c')}`;
  return { path, receipt: await reported(city, `${path}/receipts`, receipt()) };
}

async function finding({ path, people }: City): Promise<string> {
  const code = fresh('F');
  await phase(path, people);
  await people.evaluator.accepted(`${path}/findings`, findingBody(code));
  return `${path}/findings/${code}`;
}

function findingBody(code?: string) {
  const text = {
    title: 'Belum lengkap',
    description: 'Bukti belum lengkap',
    recommendation: 'Lengkapi bukti',
  };
  return report({ ...(code !== undefined && { code }), phase: 'T1', agency: 'diskominfo', ...text });
}

const phaseBody = (code: string) => ({
  phase: code,
  name: `Fase ${code}`,
  period: { from: DAYS.from, to: DAYS.early },
  cutOff: DAYS.early,
  reportDue: DAYS.early,
});

/** Phase T1, open; made once. */
async function phase(path: string, { office }: City['people']): Promise<void> {
  const there = await office.command(`${path}/phases`, phaseBody('T1'));
  if (there.status === 422) return;
  await office.accepted(`${path}/phases/T1/open`, {});
}

/** A phase of its own, brought as far as is asked for. */
async function phaseAt(city: City, ...steps: readonly ('open' | 'close')[]): Promise<string> {
  const { path, people } = city;
  const code = fresh('P');
  await people.office.accepted(`${path}/phases`, phaseBody(code));
  let token = '';
  for (const step of steps)
    token = (await people.office.accepted(`${path}/phases/${code}/${step}`, {})).body.token;
  if (steps.includes('close')) await sealed(city, `${path}/phases/${code}`);
  await people.office.get(`${path}/phases/${code}${token === '' ? '' : `?after=${token}`}`);
  return `${path}/phases/${code}`;
}

async function sealed({ people }: City, path: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await people.office.get(`${path}/seals/1`)).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${path} was not sealed`);
}

async function published(city: City): Promise<string> {
  const path = await phaseAt(city, 'open', 'close');
  const { body } = await city.people.office.accepted(`${path}/publications`, { seal: 1 });
  await city.people.office.get(`${path}?after=${body.token as string}`);
  return path;
}

async function subject({ operator }: City): Promise<string> {
  const account = { login: fresh('akun'), name: 'Seseorang', password: 'kata-sandi-uji' };
  return (await operator.accepted('/v1/accounts', account)).body.subject as string;
}

/** The agencies, as they were taken out: who puts that in again records nothing. */
async function sheet({ path, people }: City, route: string): Promise<Prepared> {
  const { body } = await people.office.get(`${path}/export?kind=agencies&format=csv`);
  return {
    path: `${path}/${route}?skipInvalid=yes`.replace('previews?skipInvalid=yes', 'previews'),
    body,
    headers: { 'content-type': 'text/csv' },
  };
}

const revision = async ({ people }: City, path: string): Promise<Record<string, string>> => {
  // A list of everything that was just written waits for the views; one thing is read until it is there.
  for (let attempt = 0; attempt < 100; attempt++) {
    const { status, headers } = await people.office.get(path);
    if (status === 200) return { 'if-match': headers.get('etag') ?? '' };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${path} did not appear`);
};

const reading = (path: string, readers = MEMBERS): Row => ({
  allowed: readers,
  prepare: async (city) => ({ method: 'GET', path: city.path + path }),
});
const commanding = (allowed: readonly Persona[], prepare: Row['prepare'], ruled?: Row['ruled']): Row => ({
  allowed,
  prepare,
  ...(ruled && { ruled }),
});
const ofAgency = (prepare: Row['prepare']): Row => commanding(['officer', 'office'], prepare, BUT_OWN);
const ofAnyAgency = (prepare: Row['prepare']): Row =>
  commanding(['officer', 'otherOfficer', 'office'], prepare);
const ofOffice = (prepare: Row['prepare']): Row => commanding(['office'], prepare);
const ofOperator = (prepare: Row['prepare']): Row => commanding(['operator'], prepare);
const forAll = (path: string): Row => ({ allowed: PERSONAS, prepare: async () => ({ method: 'GET', path }) });

/** A file that was brought, as a command names it. */
async function evidence({ path, people }: City) {
  const { body: kept } = await people.officer.request('POST', `${path}/evidence`, {
    body: '%PDF-1.4 lampiran',
    headers: { 'content-type': 'application/pdf' },
  });
  const { digest, mediaType, bytes } = kept as { digest: string; mediaType: string; bytes: number };
  return { digest, mediaType, bytes };
}

/** What everyone may do, route by route: by the name that the API document gives it. */
export const ROUTES: Readonly<Record<string, Row>> = {
  // the programme
  programmes: forAll('/v1/programmes'),
  programme: reading(''),
  snapshot: reading('/snapshot'),
  fulfilment: reading('/fulfilment'),
  explain: reading('/figures'),
  'audit-trail': reading('/audit-trail', ['verifier', 'office', 'evaluator', 'auditor']),
  'access-log': reading('/access-log', ['auditor', 'operator']),
  EstablishProgramme: ofOffice(async ({ path, operator, people }) => {
    const other = path.replace('kota-', `${fresh('kota')}-`);
    await operator.accepted(`${other}/grants/${people.office.subject}`, { role: 'office' });
    return { path: other, body: establishment };
  }),
  ReviseFulfilmentRule: ofOffice(async ({ path }) => ({
    path: `${path}/rules`,
    body: {
      effectiveOn: DAYS.from,
      rule: {
        name: 'verified, pooled',
        counts: 'verified',
        weighting: 'equal',
        combine: 'pooled',
        digits: { dimension: 0, programme: 1 },
        rounding: 'half-up',
      },
      reason: 'disamakan dengan pedoman',
    },
  })),
  SetLateReportingPolicy: ofOffice(async ({ path }) => ({
    path: `${path}/late-policy`,
    body: { policy: 'needs-reason' },
  })),
  EnrolAgency: ofOffice(async ({ path }) => {
    const agency = fresh('opd');
    return { path: `${path}/agencies`, body: { agency, name: agency, effectiveOn: DAYS.late } };
  }),
  WithdrawAgency: ofOffice(async ({ path, people }) => {
    const agency = fresh('opd');
    await people.office.accepted(`${path}/agencies`, { agency, name: agency, effectiveOn: DAYS.late });
    return { path: `${path}/agencies/${agency}/withdrawal`, body: { effectiveOn: DAYS.to } };
  }),

  // actions
  actions: reading('/actions'),
  action: reading('/actions/own'),
  PlanAction: ofOffice(async ({ path }) => ({
    path: `${path}/actions`,
    body: plan(fresh('R'), { effectiveOn: DAYS.late }),
  })),
  ReplanAction: ofOffice(async (city) => {
    const path = await action(city);
    const {
      code: _,
      lead: _lead,
      supporting: _supporting,
      ...body
    } = plan('x', { effectiveOn: DAYS.late, weight: '2' });
    return { path: `${path}/plan`, body, headers: await revision(city, path) };
  }),
  ReassignAction: ofOffice(async (city) => ({
    path: `${await action(city)}/agencies`,
    body: { effectiveOn: DAYS.late, lead: 'dinkes', supporting: [] },
  })),
  WithdrawAction: ofOffice(async (city) => ({
    path: `${await action(city)}/withdrawal`,
    body: { effectiveOn: DAYS.late },
  })),
  ReportProgress: ofAgency(async (city) => ({
    path: `${await action(city)}/progress`,
    ...onBehalf(report({ quarter: QUARTER, realisation: '1' })),
  })),
  VoidProgress: ofAgency(async (city) => {
    const path = await action(city);
    const corrects = await reported(city, `${path}/progress`, report({ quarter: QUARTER, realisation: '1' }));
    return { path: `${path}/progress-voids`, ...onBehalf({ corrects, reason: 'salah ketik' }) };
  }),
  CompleteAction: ofAgency(async (city) => ({
    path: `${await action(city)}/completions`,
    ...onBehalf(report()),
  })),
  VerifyCompletion: commanding(['verifier'], async (city) => {
    const path = await action(city);
    return {
      path: `${path}/verifications`,
      body: { of: await reported(city, `${path}/completions`, report()) },
    };
  }),
  RejectCompletion: commanding(['verifier'], async (city) => {
    const path = await action(city);
    const corrects = await reported(city, `${path}/completions`, report());
    return { path: `${path}/rejections`, body: { corrects, reason: 'bukti kurang' } };
  }),
  RetractCompletion: ofAgency(async (city) => {
    const path = await action(city);
    const corrects = await reported(city, `${path}/completions`, report());
    return { path: `${path}/retractions`, ...onBehalf({ corrects, reason: 'belum selesai' }) };
  }),
  WithdrawVerification: commanding(['verifier'], async (city) => {
    const path = await action(city);
    const of = await reported(city, `${path}/completions`, report());
    const { body } = await city.people.verifier.accepted(`${path}/verifications`, { of });
    return {
      path: `${path}/verification-withdrawals`,
      body: { corrects: body.events[0].id, reason: 'keliru memeriksa' },
    };
  }),
  AttachEvidenceToAction: ofAgency(async (city) => {
    const path = await action(city);
    const of = await reported(city, `${path}/completions`, report());
    return { path: `${path}/evidence`, ...onBehalf({ of, ...(await evidence(city)) }) };
  }),

  // budget
  'budget-by-agency': reading('/budget'),
  'budget-lines': reading('/budget-lines'),
  'budget-line': reading('/budget-lines/own'),
  AllocateBudget: ofOffice(async ({ path }) => ({
    path: `${path}/budget-lines`,
    body: line(fresh('L'), { effectiveOn: DAYS.late }),
  })),
  ReviseBudget: ofOffice(async (city) => {
    const path = await budgetLine(city);
    const body = { effectiveOn: DAYS.late, stage: 'perubahan', ceiling: 2_000_000_000, actions: [] };
    return { path: `${path}/ceiling`, body, headers: await revision(city, path) };
  }),
  PlanBudget: ofOffice(async (city) => ({
    path: `${await budgetLine(city)}/plan`,
    body: {
      effectiveOn: DAYS.late,
      months: [{ month: DAYS.late.slice(0, 7), cumulative: 1000, physical: '10' }],
    },
  })),
  DisburseBudget: ofAgency(async (city) => ({
    path: `${await budgetLine(city)}/disbursements`,
    ...onBehalf(sp2d()),
  })),
  VoidDisbursement: ofAgency(async (city) => {
    const path = await budgetLine(city);
    const corrects = await reported(city, `${path}/disbursements`, sp2d());
    return { path: `${path}/disbursement-voids`, ...onBehalf({ corrects, reason: 'salah rekening' }) };
  }),
  ReturnDisbursement: ofAgency(async (city) => {
    const path = await budgetLine(city);
    const disbursement = await reported(city, `${path}/disbursements`, sp2d());
    return { path: `${path}/returns`, ...onBehalf(report({ disbursement, amount: 1 })) };
  }),
  ReportPhysicalProgress: ofAgency(async (city) => ({
    path: `${await budgetLine(city)}/physical-progress`,
    ...onBehalf(report({ percent: '10' })),
  })),
  VoidPhysicalProgress: ofAgency(async (city) => {
    const path = await budgetLine(city);
    const corrects = await reported(city, `${path}/physical-progress`, report({ percent: '10' }));
    return { path: `${path}/physical-progress-voids`, ...onBehalf({ corrects, reason: 'salah ukur' }) };
  }),
  AttachEvidenceToBudgetLine: ofAgency(async (city) => {
    const path = await budgetLine(city);
    const of = await reported(city, `${path}/disbursements`, sp2d());
    return { path: `${path}/evidence`, ...onBehalf({ of, ...(await evidence(city)) }) };
  }),

  // CSR: any agency of the programme may record a contribution; what was recorded is corrected by who recorded it
  csr: reading('/csr'),
  'csr-contribution': reading('/csr/own'),
  'csr-totals': reading('/csr-totals'),
  PledgeNewCsr: ofAnyAgency(async ({ path }) => ({ path: `${path}/csr-pledges`, ...onBehalf(pledge()) })),
  ReceiveNewCsr: ofAnyAgency(async ({ path }) => ({ path: `${path}/csr-receipts`, ...onBehalf(receipt()) })),
  PledgeCsr: ofAnyAgency(async ({ path }) => ({
    path: `${path}/csr/${fresh('c')}/pledges`,
    ...onBehalf(pledge()),
  })),
  ReceiveCsr: ofAnyAgency(async ({ path }) => ({
    path: `${path}/csr/${fresh('c')}/receipts`,
    ...onBehalf(receipt()),
  })),
  AllocateCsr: ofAgency(async (city) => ({
    path: `${(await contribution(city)).path}/allocations`,
    ...onBehalf(report({ amount: 10, to: { kind: 'agency', code: 'dinkes' } })),
  })),
  ReturnCsr: ofAgency(async (city) => {
    const { path, receipt: id } = await contribution(city);
    return { path: `${path}/returns`, ...onBehalf(report({ receipt: id, amount: 1 })) };
  }),
  VoidCsrEntry: ofAgency(async (city) => {
    const { path, receipt: corrects } = await contribution(city);
    return { path: `${path}/voids`, ...onBehalf({ corrects, reason: 'tercatat dua kali' }) };
  }),
  AttachEvidenceToCsr: ofAgency(async (city) => {
    const { path, receipt: of } = await contribution(city);
    return { path: `${path}/evidence`, ...onBehalf({ of, ...(await evidence(city)) }) };
  }),

  // findings
  findings: reading('/findings'),
  finding: reading('/findings/own'),
  RaiseFinding: commanding(['evaluator'], async ({ path, people }) => {
    await phase(path, people);
    return { path: `${path}/findings`, body: findingBody() };
  }),
  AnswerFinding: ofAgency(async (city) => ({
    path: `${await finding(city)}/answers`,
    ...onBehalf(report({ answer: 'Bukti sudah dilengkapi.' })),
  })),
  AssessFinding: commanding(['evaluator'], async (city) => {
    const path = await finding(city);
    await city.people.officer.accepted(`${path}/answers`, report({ answer: 'Sudah.' }));
    return { path: `${path}/assessments`, body: report({ state: 1 }) };
  }),
  AttachEvidenceToFinding: ofAgency(async (city) => {
    const path = await finding(city);
    const of = await reported(city, `${path}/answers`, report({ answer: 'Sudah.' }));
    return { path: `${path}/evidence`, ...onBehalf({ of, ...(await evidence(city)) }) };
  }),

  // phases
  phases: reading('/phases'),
  phase: {
    allowed: MEMBERS,
    prepare: async (city) => ({ method: 'GET', path: await phaseAt(city, 'open') }),
  },
  'phase-snapshot': {
    allowed: MEMBERS,
    unseen: OUTSIDE,
    prepare: async (city) => ({ method: 'GET', path: `${await phaseAt(city, 'open', 'close')}/snapshot` }),
  },
  seals: {
    allowed: MEMBERS,
    unseen: OUTSIDE,
    prepare: async (city) => ({ method: 'GET', path: `${await phaseAt(city, 'open', 'close')}/seals` }),
  },
  seal: {
    allowed: PERSONAS,
    prepare: async (city) => ({ method: 'GET', path: `${await published(city)}/seals/1` }),
  },
  restated: {
    allowed: MEMBERS,
    prepare: async (city) => ({ method: 'GET', path: `${await published(city)}/restated` }),
  },
  SchedulePhase: ofOffice(async ({ path }) => ({ path: `${path}/phases`, body: phaseBody(fresh('P')) })),
  ReschedulePhase: ofOffice(async (city) => {
    const { phase: _, name: _name, ...body } = phaseBody('x');
    return { path: `${await phaseAt(city)}/dates`, body };
  }),
  OpenPhase: ofOffice(async (city) => ({ path: `${await phaseAt(city)}/open`, body: {} })),
  ClosePhase: ofOffice(async (city) => ({ path: `${await phaseAt(city, 'open')}/close`, body: {} })),
  ReopenPhase: ofOffice(async (city) => ({
    path: `${await phaseAt(city, 'open', 'close')}/reopen`,
    body: { reason: 'laporan tertinggal' },
  })),
  PublishPhase: ofOffice(async (city) => ({
    path: `${await phaseAt(city, 'open', 'close')}/publications`,
    body: { seal: 1 },
  })),
  ScoreAspect: commanding(['evaluator'], async (city) => ({
    path: `${await phaseAt(city, 'open')}/scores`,
    body: { occurredOn: DAYS.middle, aspect: 'output', score: '80' },
  })),

  // grants
  grants: reading('/grants', ['office', 'auditor', 'operator']),
  GrantRole: commanding(
    ['office'],
    async (city) => ({
      path: `${city.path}/grants/${await subject(city)}`,
      body: { role: 'auditor' },
    }),
    { operator: 'not-yours-to-grant' },
  ),
  RevokeRole: commanding(
    ['office'],
    async (city) => {
      const path = `${city.path}/grants/${await subject(city)}`;
      await city.people.office.accepted(path, { role: 'auditor' });
      return { path: `${path}/revocations`, body: { role: 'auditor' } };
    },
    { operator: 'not-yours-to-grant' },
  ),

  // the installation
  accounts: { allowed: ['operator'], prepare: async () => ({ method: 'GET', path: '/v1/accounts' }) },
  'installation-access-log': {
    allowed: ['operator'],
    prepare: async () => ({ method: 'GET', path: '/v1/access-log' }),
  },
  OpenAccount: ofOperator(async () => ({
    path: '/v1/accounts',
    body: { login: fresh('akun'), name: 'Seseorang' },
  })),
  CloseAccount: ofOperator(async (city) => ({
    path: `/v1/accounts/${await subject(city)}/closing`,
    body: {},
  })),
  GrantOperator: ofOperator(async (city) => ({
    path: `/v1/accounts/${await subject(city)}/operator`,
    body: {},
  })),
  RevokeOperator: ofOperator(async (city) => {
    const path = `/v1/accounts/${await subject(city)}`;
    await city.operator.accepted(`${path}/operator`, {});
    return { path: `${path}/operator-revocation`, body: {} };
  }),
  ResetPassword: ofOperator(async (city) => ({
    method: 'PUT',
    path: `/v1/accounts/${await subject(city)}/password`,
    body: { password: 'kata-sandi-baru' },
  })),
  SetOidcSubject: ofOperator(async (city) => ({
    method: 'PUT',
    path: `/v1/accounts/${await subject(city)}/oidc-subject`,
    body: { oidcSubject: null },
  })),
  ForgetPerson: ofOperator(async (city) => ({
    method: 'DELETE',
    path: `/v1/accounts/${await subject(city)}/directory-entry`,
  })),

  // evidence files
  UploadEvidence: commanding(['officer', 'otherOfficer', 'office'], async ({ path }) => ({
    path: `${path}/evidence`,
    body: `%PDF-1.4 ${randomUUID()}`,
    headers: { 'content-type': 'application/pdf' },
  })),
  DownloadEvidence: {
    allowed: MEMBERS,
    prepare: async ({ path, people }) => {
      const body = '%PDF-1.4 bukti';
      const { body: kept } = await people.officer.request('POST', `${path}/evidence`, {
        body,
        headers: { 'content-type': 'application/pdf' },
      });
      return { method: 'GET', path: `${path}/evidence/${kept.digest as string}` };
    },
  },

  // sheets: what may be recorded of a file is decided row by row
  Export: reading('/export?kind=agencies&format=csv'),
  ImportTemplate: reading('/import-template?kind=actions'),
  PreviewImport: ofAnyAgency((city) => sheet(city, 'import-previews')),
  Import: ofAnyAgency((city) => sheet(city, 'imports')),

  // everybody
  Live: forAll('/health/live'),
  Ready: forAll('/health/ready'),
  Problems: forAll('/problems'),
  Problem: forAll('/problems/not-your-agency'),
  SignIn: {
    allowed: PERSONAS,
    prepare: async () => ({
      path: '/v1/session',
      body: { login: 'kota-officer', password: 'kata-sandi-uji' },
    }),
  },
};

/** Routes that are about the caller's own sign-in; `session.spec.ts` holds them. */
export const OWN_SESSION: readonly string[] = ['Me', 'ChangePassword', 'RefreshSession', 'SignOut'];
