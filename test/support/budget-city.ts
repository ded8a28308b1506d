import { type CommandRunner, INSTALLATION, type Json, streamName } from '@jejak/core';
import { configFor, hashPassword, openJejak } from '@jejak/runtime';

/** A programme with budget lines of one agency, and an officer who reports disbursements of them under load. */
export const CITY = 'beban.2023';
export const AGENCY = 'agency';
export const OFFICER = {
  subject: 'u-officer',
  login: 'officer',
  name: 'Officer',
  password: 'for measuring only',
};

export function lineCode(n: number): string {
  return `line-${String(n)}`;
}

/** The body of the n-th disbursement. */
export function disbursement(n: number): { [field: string]: Json } {
  const document = { kind: 'sp2d', number: `SP2D-${String(n)}` };
  return { amount: 1_000_000, document, occurredOn: '2023-06-01' };
}

/** Gives the commands that set up a programme with so many budget lines. */
export async function setUpLines(runner: CommandRunner, lines: number, programme = CITY): Promise<void> {
  const give = (kind: string, code: string, type: string, body: Json): Promise<unknown> =>
    runner.run({
      type,
      stream: streamName(kind, programme, code),
      body,
      key: `${type} ${code}`,
      actor: { subject: 'u-office', role: 'office' },
      correlationId: 'set-up',
    });
  const dates = { from: '2023-01-01', to: '2023-12-31', timeZone: 'Asia/Jakarta' };
  const dimensions = [{ code: 'governance', name: 'Governance' }];
  await give('programme', 'main', 'EstablishProgramme', {
    name: 'Beban',
    ...dates,
    legalBasis: [],
    dimensions,
  });
  await give('programme', 'main', 'EnrolAgency', {
    agency: AGENCY,
    name: 'Agency',
    effectiveOn: '2023-01-01',
  });
  const codes = Array.from({ length: lines }, (_, n) => lineCode(n));
  await Promise.all(
    codes.map((code) => {
      const line = { line: code, title: 'Line', agency: AGENCY, year: 2023, hierarchy: '1.01' };
      const ceiling = { ceiling: 1_000_000_000_000, actions: [], effectiveOn: '2023-01-02' };
      return give('budget', code, 'AllocateBudget', { ...line, ...ceiling });
    }),
  );
}

/** A data directory with that programme, and its officer's account. */
export async function prepareBudgetCity(directory: string, lines: number): Promise<void> {
  const jejak = await openJejak(configFor(directory), { worker: 'manual' });
  await setUpLines(jejak.commands, lines);
  const { subject, login, name, password } = OFFICER;
  const common = { key: 'set-up', correlationId: 'set-up' };
  await jejak.commands.run({
    ...common,
    type: 'OpenAccount',
    stream: streamName('account', INSTALLATION, subject),
    body: { kind: 'person' },
    actor: { subject: 'cli', role: 'operator' },
  });
  await jejak.commands.run({
    ...common,
    type: 'GrantRole',
    stream: streamName('access', CITY, subject),
    body: { role: 'officer', agency: AGENCY },
    actor: { subject: 'u-office', role: 'office' },
  });
  await jejak.credentials.save({ subject, login, name, passwordHash: await hashPassword(password) });
  await jejak.project();
  await jejak.close();
}

/** The officer's access token. */
export async function signInOfficer(url: string): Promise<string> {
  const { login, password } = OFFICER;
  const response = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  const { accessToken } = (await response.json()) as { accessToken?: string };
  if (accessToken === undefined) throw new Error(`signing in failed with ${String(response.status)}`);
  return accessToken;
}
