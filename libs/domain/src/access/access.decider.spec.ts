import type { Command } from '@jejak/core';
import { expectEveryRule, given, type Past, play } from '@jejak/core/testing';
import fc from 'fast-check';
import type { ProgrammeFacts, TimeZone } from '../shared';
import {
  accessDecider,
  accessRules,
  type AccessState,
  accessZone,
  type Grant,
  grantsOn,
} from './access.decider';
import { GRANTED_ROLES } from './access.events';

const absent: ProgrammeFacts = { status: 'absent' };
const established = (timeZone: TimeZone = 'Asia/Jakarta'): ProgrammeFacts => ({
  status: 'established',
  from: '2023-01-01',
  to: '2023-12-31',
  timeZone,
  dimensions: ['branding'],
  latePolicy: 'needs-reason',
  rules: [],
  agencies: {
    diskominfo: [{ on: '2023-01-01', value: true }],
    dinsos: [
      { on: '2023-01-01', value: true },
      { on: '2023-03-01', value: false },
    ],
  },
});
const facts = { programme: established() };

// Midday of 1 June 2023 in every zone of Indonesia.
const at = '2023-06-01T03:00:00.000Z';
const office = { subject: 'u-office', role: 'office' };
const operator = { subject: 'u-operator', role: 'operator' };
const by = (actor: Command['actor'], type: 'GrantRole' | 'RevokeRole', body: unknown) => ({
  type,
  body,
  code: 'u-dewi',
  actor,
  at,
});
const grant = (body: unknown, actor: Command['actor'] = office) => by(actor, 'GrantRole', body);
const revoke = (body: unknown, actor: Command['actor'] = office) => by(actor, 'RevokeRole', body);
const granted = (data: unknown): Past => ({ type: 'RoleGranted', data });
const revoked = (data: unknown): Past => ({ type: 'RoleRevoked', data });

const officer = { role: 'officer', agency: 'Diskominfo' };

describe('access to a programme', () => {
  it('begins with the office, which the operator appoints, also before the programme exists', () => {
    for (const programme of [absent, established()]) {
      given(accessDecider, [], { programme })
        .when(grant({ role: 'office' }, operator))
        .then([granted({ role: 'office' })]);
    }
  });

  it('is granted by the office in every other role', () => {
    for (const role of ['verifier', 'evaluator', 'auditor']) {
      given(accessDecider, [], facts)
        .when(grant({ role }))
        .then([granted({ role })]);
    }
    given(accessDecider, [], facts)
      .when(grant(officer))
      .then([granted(officer)]);
  });

  it('is granted to an officer of an agency that the programme knows, enrolled today or on some other day', () => {
    const body = { role: 'officer', agency: 'dinsos' };
    given(accessDecider, [], facts)
      .when(grant(body))
      .then([granted(body)]);
  });

  it('may end with a day, today at the earliest', () => {
    const body = { role: 'auditor', until: '2023-06-01' };
    given(accessDecider, [], facts)
      .when(grant(body))
      .then([granted(body)]);
  });

  it('reads that day in the zone of the programme, and in that of Jakarta before there is one', () => {
    // 1 June in Jakarta and Makassar, 2 June in Jayapura.
    const evening = '2023-06-01T15:30:00.000Z';
    const body = { role: 'office', until: '2023-06-01' };
    for (const programme of [absent, established('Asia/Jakarta'), established('Asia/Makassar')]) {
      given(accessDecider, [], { programme })
        .when({ ...grant(body, operator), at: evening })
        .then([granted(body)]);
    }
    given(accessDecider, [], { programme: established('Asia/Jayapura') })
      .when({ ...grant(body, operator), at: evening })
      .refused('until-in-past', 'until');
    expect(accessZone(absent)).toBe('Asia/Jakarta');
    expect(accessZone(established('Asia/Jayapura'))).toBe('Asia/Jayapura');
  });

  it('may get another end, or none, or be granted again after it ended', () => {
    const short = { role: 'auditor', until: '2023-06-30' };
    const long = { role: 'auditor', until: '2023-09-30' };
    const open = { role: 'auditor' };
    given(accessDecider, [granted(short)], facts)
      .when(grant(long))
      .then([granted(long)]);
    given(accessDecider, [granted(long)], facts)
      .when(grant(short))
      .then([granted(short)]);
    given(accessDecider, [granted(long)], facts)
      .when(grant(open))
      .then([granted(open)]);
    given(accessDecider, [granted(open)], facts)
      .when(grant(long))
      .then([granted(long)]);
    given(accessDecider, [granted({ role: 'auditor', until: '2023-05-31' })], facts)
      .when(grant(open))
      .then([granted(open)]);
  });

  it('may be for several agencies and roles, each revoked by itself', () => {
    const other = { role: 'officer', agency: 'dinsos' };
    const past = [granted(officer), granted(other), granted({ role: 'verifier' })];
    given(accessDecider, past, facts)
      .when(revoke({ role: 'officer', agency: 'DISKOMINFO' }))
      .then([revoked({ role: 'officer', agency: 'DISKOMINFO' })]);
    const { state } = given(
      accessDecider,
      [...past, revoked({ role: 'officer', agency: 'DISKOMINFO' })],
      facts,
    );
    expect(grantsOn(state as AccessState, '2023-06-01')).toEqual([other, { role: 'verifier' }]);
  });

  it('is revoked by who may grant it, and may be given up', () => {
    given(accessDecider, [granted({ role: 'office' })], facts)
      .when(revoke({ role: 'office' }, operator))
      .then([revoked({ role: 'office' })]);
    given(accessDecider, [granted({ role: 'verifier' })], facts)
      .when(revoke({ role: 'verifier' }, { subject: 'u-dewi', role: 'office' }))
      .then([revoked({ role: 'verifier' })]);
  });

  it('tells which grants hold on a day', () => {
    const { state } = given(accessDecider, [
      granted(officer),
      granted({ role: 'auditor', until: '2023-06-30' }),
      granted({ role: 'verifier', until: '2023-06-30' }),
      granted({ role: 'verifier' }),
    ]);
    const on = (day: string) => grantsOn(state as AccessState, day);
    const always: Grant[] = [{ role: 'officer', agency: 'diskominfo' }, { role: 'verifier' }];
    expect(on('2023-06-30')).toHaveLength(3);
    expect(on('2023-06-30')).toEqual(
      expect.arrayContaining([...always, { role: 'auditor', until: '2023-06-30' }]),
    );
    expect(on('2023-07-01')).toEqual(always);
    expect(grantsOn(accessDecider.initial, '2023-06-30')).toEqual([]);
  });
});

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
const refusals: readonly [code: string, past: readonly Past[], command: Given, programme?: ProgrammeFacts][] =
  [
    ['own-grant', [], { ...grant({ role: 'verifier' }), code: 'u-office' }],
    ['own-grant', [], { ...grant({ role: 'office' }, { ...operator, subject: 'U-Dewi' }) }],
    ['not-yours-to-grant', [], grant({ role: 'office' })],
    ['not-yours-to-grant', [], grant(officer, operator)],
    ['not-yours-to-grant', [], grant({ role: 'auditor' }, operator)],
    ['not-yours-to-grant', [granted({ role: 'office' })], revoke({ role: 'office' })],
    ['not-yours-to-grant', [granted(officer)], revoke(officer, operator)],
    ['not-yours-to-grant', [], grant({ role: 'verifier' }, { subject: 'u-budi', role: 'verifier' })],
    ['officer-needs-agency', [], grant({ role: 'officer' })],
    ['agency-only-for-officers', [], grant({ role: 'verifier', agency: 'diskominfo' })],
    ['agency-only-for-officers', [], grant({ role: 'office', agency: 'diskominfo' }, operator)],
    ['unknown-agency', [], grant({ role: 'officer', agency: 'nowhere' })],
    ['unknown-agency', [], grant({ role: 'officer', agency: 'constructor' })],
    ['programme-not-established', [], grant({ role: 'verifier' }), absent],
    ['programme-not-established', [], grant(officer), absent],
    ['until-in-past', [], grant({ role: 'auditor', until: '2023-05-31' })],
    ['already-granted', [granted(officer)], grant({ role: 'officer', agency: 'DISKOMINFO' })],
    ['already-granted', [granted({ role: 'office' })], grant({ role: 'office' }, operator), absent],
    [
      'already-granted',
      [granted({ role: 'auditor', until: '2023-06-30' })],
      grant({ role: 'auditor', until: '2023-06-30' }),
    ],
    ['not-granted', [], revoke({ role: 'verifier' })],
    ['not-granted', [granted(officer)], revoke({ role: 'officer', agency: 'dinsos' })],
    ['not-granted', [granted(officer), revoked(officer)], revoke(officer)],
    ['not-granted', [granted({ role: 'auditor', until: '2023-05-31' })], revoke({ role: 'auditor' })],
    ['not-a-programme', [], { ...grant({ role: 'office' }, operator), programme: 'installation' }],
  ];

describe('access is refused', () => {
  it.each(refusals)('%s (%#)', (code, past, command, programme = established()) => {
    given(accessDecider, past, { programme }).when(command).refused(code);
  });

  it('by every one of its rules', () => {
    expectEveryRule(
      accessRules,
      refusals.map(([code]) => code),
    );
  });
});

describe('whatever is asked of access', () => {
  const command = fc
    .record({
      type: fc.constantFrom<'GrantRole' | 'RevokeRole'>('GrantRole', 'GrantRole', 'RevokeRole'),
      role: fc.constantFrom(...GRANTED_ROLES),
      agency: fc.constantFrom(undefined, 'diskominfo', 'Dinsos', 'DINSOS', 'nowhere'),
      until: fc.constantFrom(undefined, '2023-06-01', '2023-06-02', '2023-06-03'),
      subject: fc.constantFrom('u-office', 'u-dewi'),
      actorRole: fc.constantFrom('office', 'operator', 'verifier'),
      day: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ type, role, agency, until, subject, actorRole, day }) => ({
      type,
      code: 'u-dewi',
      actor: { subject, role: actorRole },
      at: `2023-06-0${String(day)}T03:00:00.000Z`,
      body: { role, ...(agency && { agency }), ...(type === 'GrantRole' && until && { until }) },
    }));

  it('grants hold as a search through the history finds them, and every event changed something', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const { state, events } = play<AccessState>(accessDecider, commands, facts);
        const named = events.map(({ type, data }) => ({ type, ...(data as Grant) }));
        const key = ({ role, agency = '' }: Grant) => `${role} ${agency.toLowerCase()}`;
        for (const day of ['2023-06-01', '2023-06-02', '2023-06-04']) {
          const expected = [...new Set(named.map(key))].filter((each) => {
            const last = named.findLast((event) => key(event) === each);
            return last?.type === 'RoleGranted' && (last.until === undefined || last.until >= day);
          });
          expect(grantsOn(state, day).map(key).sort()).toEqual(expected.sort());
        }
        for (const [n, event] of named.entries()) {
          const before = named.slice(0, n).findLast((earlier) => key(earlier) === key(event));
          const held = before?.type === 'RoleGranted';
          expect(event.type === 'RoleRevoked' ? held : true).toBe(true);
          expect((event.agency !== undefined) === (event.role === 'officer')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('nobody gains a role from himself, and only the operator makes an office', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 10 }), command, (commands, last) => {
        const before = play<AccessState>(accessDecider, commands, facts);
        const after = play<AccessState>(accessDecider, [...commands, last], facts);
        const event = after.events[before.events.length];
        if (event === undefined) return;
        if (event.type === 'RoleGranted') expect(last.actor.subject).not.toBe('u-dewi');
        expect(last.actor.role).toBe((event.data as Grant).role === 'office' ? 'operator' : 'office');
      }),
      { numRuns: 300 },
    );
  });
});
