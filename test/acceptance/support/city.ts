import { randomUUID } from 'node:crypto';
import { Client, type Reply } from './client';
import type { Running } from './start-jejak';

/** Who takes part in the tests, in each programme. */
export const ROLES = ['officer', 'otherOfficer', 'verifier', 'office', 'evaluator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** A programme and the people in it, each signed in. */
export interface City {
  readonly programme: string;
  /** the programme's path */
  readonly path: string;
  readonly operator: Client;
  readonly anyone: Client;
  readonly people: Readonly<Record<Role, Client>>;
}

const year = new Date().getUTCFullYear();
/** Days that lie in the programme and in the past, whatever today is. */
export const DAYS = {
  from: `${String(year - 1)}-01-01`,
  early: `${String(year - 1)}-02-01`,
  middle: `${String(year - 1)}-06-01`,
  cutOff: `${String(year - 1)}-06-30`,
  late: `${String(year - 1)}-09-01`,
  to: `${String(year)}-12-31`,
};
export const QUARTER = `${String(year - 1)}-Q2`;

export const establishment = {
  name: 'Kota Uji',
  from: DAYS.from,
  to: DAYS.to,
  timeZone: 'Asia/Jakarta',
  legalBasis: [{ title: 'Peraturan Wali Kota 1' }],
  dimensions: [
    { code: 'governance', name: 'Governance' },
    { code: 'economy', name: 'Economy' },
  ],
};

/** An action's plan, led by the officer's agency. */
export function plan(code: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    code,
    effectiveOn: DAYS.from,
    title: `Aksi ${code}`,
    kind: 'action',
    dimension: 'governance',
    weight: '1',
    targets: { unit: 'dokumen', quarters: [{ quarter: QUARTER, target: '4' }] },
    lead: 'diskominfo',
    supporting: [],
    ...more,
  };
}

/** A budget line of the officer's agency. */
export function line(code: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    line: code,
    effectiveOn: DAYS.from,
    title: `Kegiatan ${code}`,
    agency: 'diskominfo',
    year: year - 1,
    hierarchy: '2.16.2.20.2.21.01.0000',
    ceiling: 1_000_000_000,
    actions: [],
    ...more,
  };
}

/** Everyone's, but the operator's. */
export const PASSWORD = 'kata-sandi-uji';

/**
 * Establishes a programme with two agencies and a person for each role.
 *
 * @param slug what its name begins with; on a log that is not ours alone there may be others of that beginning
 */
export async function city(running: Running, slug: string): Promise<City> {
  const programme = `${slug}-${randomUUID().slice(0, 8)}.${String(year - 1)}`;
  const path = `/v1/programmes/${programme}`;
  const anyone = new Client(running.url);
  const operator = await anyone.signedIn(running.operator.login, running.operator.password);
  const opened = await Promise.all(
    ROLES.map(async (role): Promise<[Role, Reply]> => [
      role,
      await operator.accepted('/v1/accounts', {
        login: `${slug}-${role}`,
        name: `${role} of ${slug}`,
        password: PASSWORD,
      }),
    ]),
  );
  const subjects = Object.fromEntries(
    opened.map(([role, { body }]) => [role, body.subject as string]),
  ) as Record<Role, string>;
  await operator.accepted(`${path}/grants/${subjects.office}`, { role: 'office' });
  const people = Object.fromEntries(
    await Promise.all(ROLES.map(async (role) => [role, await anyone.signedIn(`${slug}-${role}`, PASSWORD)])),
  ) as Record<Role, Client>;
  const { office } = people;
  await office.accepted(path, establishment);
  await office.accepted(`${path}/agencies`, {
    agency: 'diskominfo',
    name: 'Diskominfo',
    effectiveOn: DAYS.from,
  });
  await office.accepted(`${path}/agencies`, {
    agency: 'dinkes',
    name: 'Dinas Kesehatan',
    effectiveOn: DAYS.from,
  });
  await office.accepted(`${path}/grants/${subjects.officer}`, { role: 'officer', agency: 'diskominfo' });
  await office.accepted(`${path}/grants/${subjects.otherOfficer}`, { role: 'officer', agency: 'dinkes' });
  for (const role of ['verifier', 'evaluator', 'auditor'] as const) {
    await office.accepted(`${path}/grants/${subjects[role]}`, { role });
  }
  return { programme, path, operator, anyone, people };
}
