import { CommandRunner, INSTALLATION, type Json, streamName } from '@jejak/core';
import { catalogue, deciders } from '@jejak/domain';
import { hashPassword } from '@jejak/runtime';
import type { Servers } from '../../../libs/runtime/src/distributed/servers';

/** What is going on in the installation: programmes with budget lines of one agency, and a phase that is closed often. */
export const PROGRAMMES = ['batu.2023', 'kediri.2023', 'malang.2023'];
export const LINES = 6;
export const PHASE = 'p1';

/** Who takes part, in each programme: an officer who reports, and the office, which closes phases. */
export const PEOPLE = {
  officer: { subject: 'u-officer', login: 'officer', grant: { role: 'officer', agency: 'agency' } },
  office: { subject: 'u-office', login: 'office', grant: { role: 'office' } },
} as const;
export const PASSWORD = 'for faults only';

export const lineCode = (n: number): string => `line-${String(n % LINES)}`;

/** Sets it all up, by commands as they are given over HTTP; the accounts, too. */
export async function setUp({ log, credentials }: Servers): Promise<void> {
  const commands = new CommandRunner({ log, deciders, catalogue, clock: Date.now });
  const give = (role: string, stream: string, type: string, body: Json): Promise<unknown> =>
    commands.run({
      type,
      stream,
      body,
      key: `${type} ${stream} ${JSON.stringify(body)}`,
      actor: { subject: role === 'operator' ? 'cli' : 'u-set-up', role },
      correlationId: 'set-up',
    });
  const passwordHash = await hashPassword(PASSWORD);
  for (const { subject, login } of Object.values(PEOPLE)) {
    await give('operator', streamName('account', INSTALLATION, subject), 'OpenAccount', { kind: 'person' });
    await credentials.save({ subject, login, name: login, passwordHash });
  }
  await Promise.all(PROGRAMMES.map((programme) => setUpProgramme(programme, give)));
}

type Give = (role: string, stream: string, type: string, body: Json) => Promise<unknown>;

async function setUpProgramme(programme: string, give: Give): Promise<void> {
  const main = streamName('programme', programme);
  const phases = streamName('phase', programme);
  const year = { from: '2023-01-01', to: '2023-12-31' };
  await give('office', main, 'EstablishProgramme', {
    ...{ name: programme, ...year, timeZone: 'Asia/Jakarta', legalBasis: [] },
    dimensions: [{ code: 'governance', name: 'Governance' }],
  });
  await give('office', main, 'EnrolAgency', { agency: 'agency', name: 'Agency', effectiveOn: year.from });
  for (const { subject, grant } of Object.values(PEOPLE)) {
    const role = grant.role === 'office' ? 'operator' : 'office';
    await give(role, streamName('access', programme, subject), 'GrantRole', grant);
  }
  // What is reported lies behind the cut-off, so that nothing of it is late.
  await give('office', phases, 'SchedulePhase', {
    ...{ phase: PHASE, name: 'Phase 1', period: { from: '2023-01-01', to: '2023-03-31' } },
    ...{ cutOff: '2023-03-31', reportDue: '2023-04-30' },
  });
  await give('office', phases, 'OpenPhase', { phase: PHASE });
  for (let n = 0; n < LINES; n++) {
    const line = { line: lineCode(n), title: 'Line', agency: 'agency', year: 2023, hierarchy: '1.01' };
    await give('office', streamName('budget', programme, lineCode(n)), 'AllocateBudget', {
      ...{ ...line, ceiling: 1_000_000_000_000, actions: [], effectiveOn: '2023-01-02' },
    });
  }
}
