import type { Command, Refusal } from '@jejak/core';
import { expectEveryRule, given, type Past, play } from '@jejak/core/testing';
import fc from 'fast-check';
import { accountDecider, accountRules, type AccountState, isOpen, isOperator } from './account.decider';

const operator = { subject: 'u-operator', role: 'operator' };
const about = { programme: 'installation', code: 'u-dewi', actor: operator };

const opened: Past = { type: 'AccountOpened', data: { kind: 'person' } };
const closed: Past = { type: 'AccountClosed', data: {} };
const granted: Past = { type: 'OperatorGranted', data: {} };
const revoked: Past = { type: 'OperatorRevoked', data: {} };

const open = { ...about, type: 'OpenAccount', body: { kind: 'person' } };
const close = { ...about, type: 'CloseAccount', body: {} };
const grant = { ...about, type: 'GrantOperator', body: {} };
const revoke = { ...about, type: 'RevokeOperator', body: {} };
const own = { actor: { subject: 'U-Dewi', role: 'operator' } };

describe('an account', () => {
  it('is opened for a person or for a service', () => {
    given(accountDecider, []).when(open).then([opened]);
    given(accountDecider, [])
      .when({ ...open, body: { kind: 'service' } })
      .then([{ type: 'AccountOpened', data: { kind: 'service' } }]);
  });

  it('is closed, also while it belongs to an operator', () => {
    given(accountDecider, [opened]).when(close).then([closed]);
    given(accountDecider, [opened, granted]).when(close).then([closed]);
  });

  it('becomes that of an operator, and an ordinary one again, as often as is needed', () => {
    given(accountDecider, [opened]).when(grant).then([granted]);
    given(accountDecider, [opened, granted]).when(revoke).then([revoked]);
    given(accountDecider, [opened, granted, revoked]).when(grant).then([granted]);
  });

  it('becomes that of the first operator through the command line of the machine', () => {
    const actor = { subject: 'cli', role: 'operator' };
    given(accountDecider, [])
      .when({ ...open, actor })
      .then([opened]);
    given(accountDecider, [opened])
      .when({ ...grant, actor })
      .then([granted]);
  });

  it('says whether it is open and whether it is an operator', () => {
    const says = (past: readonly Past[]) => {
      const state = given(accountDecider, past).state as AccountState;
      return [isOpen(state), isOperator(state)];
    };
    expect(says([])).toEqual([false, false]);
    expect(says([opened])).toEqual([true, false]);
    expect(says([opened, granted])).toEqual([true, true]);
    expect(says([opened, granted, revoked])).toEqual([true, false]);
    expect(says([opened, granted, closed])).toEqual([false, false]);
  });
});

const refusals: readonly [
  code: string,
  past: readonly Past[],
  command: Pick<Command, 'type' | 'body'> & Partial<Command>,
][] = [
  ['not-the-installation', [], { ...open, programme: 'malang.2023' }],
  ['subject-reserved', [], { ...open, code: 'cli' }],
  ['account-already-opened', [opened], open],
  ['account-already-opened', [opened, granted, revoked], open],
  ['account-closed', [opened, closed], open],
  ['account-closed', [opened, closed], close],
  ['account-closed', [opened, granted, closed], grant],
  ['account-closed', [opened, granted, closed], revoke],
  ['account-not-opened', [], close],
  ['account-not-opened', [], grant],
  ['account-not-opened', [], revoke],
  ['own-account', [opened], { ...grant, ...own }],
  ['own-account', [opened, granted], { ...revoke, ...own }],
  ['own-account', [opened, granted], { ...close, ...own }],
  ['already-operator', [opened, granted], grant],
  ['not-operator', [opened], revoke],
  ['not-operator', [opened, granted, revoked], revoke],
];

describe('an account refuses', () => {
  it.each(refusals)('%s (%#)', (code, past, command) => {
    given(accountDecider, past).when(command).refused(code);
  });

  it('by every one of its rules', () => {
    expectEveryRule(
      accountRules,
      refusals.map(([code]) => code),
    );
  });

  it('in whole sentences of two languages', () => {
    let refusal: unknown;
    try {
      given(accountDecider, [opened]).when(open).events();
    } catch (error) {
      refusal = error;
    }
    expect((refusal as Refusal).sentence('en')).toBe('Account u-dewi is open already.');
    expect((refusal as Refusal).sentence('id')).toBe('Akun u-dewi sudah dibuka.');
  });
});

describe('whatever is asked of an account', () => {
  const letters: { readonly [type: string]: string } = {
    AccountOpened: 'o',
    OperatorGranted: 'g',
    OperatorRevoked: 'r',
    AccountClosed: 'x',
  };

  it('it is opened once, closed once for good, and grants and revocations take turns', () => {
    const command = fc
      .constantFrom(open, close, grant, revoke)
      .chain((each) =>
        fc
          .constantFrom('u-operator', 'u-dewi', 'cli')
          .map((subject) => ({ ...each, actor: { subject, role: 'operator' } })),
      );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const { state, events, refusals: refused } = play<AccountState>(accountDecider, commands);
        const history = events.map(({ type }) => letters[type]).join('');
        expect(history).toMatch(/^(o(gr)*g?x?)?$/);
        expect(events.length + refused.length).toBe(commands.length);
        expect(isOpen(state)).toBe(/o[gr]*$/.test(history));
        expect(isOperator(state)).toBe(history.endsWith('g'));
      }),
      { numRuns: 500 },
    );
  });
});
