import { type Decider, defineRules } from '@jejak/core';
import { mustBeInInstallation, sameCode } from '../shared';
import { type AccountCommand, accountCommands } from './account.commands';
import { type AccountEvent, accountEvents } from './account.events';

/** The subject of the command line on the machine itself, which makes the first operator. Nobody's account. */
export const CLI_SUBJECT = 'cli';

export const accountRules = defineRules({
  'subject-reserved': {
    en: '"{subject}" stands for the command line of the machine and cannot be an account.',
    id: '"{subject}" dipakai untuk baris perintah mesin dan tidak dapat menjadi akun.',
  },
  'account-already-opened': {
    en: 'Account {subject} is open already.',
    id: 'Akun {subject} sudah dibuka.',
  },
  'account-not-opened': {
    en: 'There is no account {subject}.',
    id: 'Akun {subject} tidak ada.',
  },
  'account-closed': {
    en: 'Account {subject} was closed, and a closed account stays closed.',
    id: 'Akun {subject} sudah ditutup, dan akun yang ditutup tidak dapat dibuka kembali.',
  },
  'own-account': {
    en: 'Nobody grants the operator role to himself, takes it from himself or closes his own account: ask another operator.',
    id: 'Tidak seorang pun memberikan atau mencabut peran operator bagi dirinya sendiri atau menutup akunnya sendiri: mintalah operator lain.',
  },
  'already-operator': {
    en: 'Account {subject} is an operator already.',
    id: 'Akun {subject} sudah menjadi operator.',
  },
  'not-operator': {
    en: 'Account {subject} is not an operator.',
    id: 'Akun {subject} bukan operator.',
  },
});

export type AccountState =
  | { readonly status: 'absent' }
  | { readonly status: 'open'; readonly kind: 'person' | 'service'; readonly operator: boolean }
  | { readonly status: 'closed' };

/** Whether the subject may sign in. */
export function isOpen(state: AccountState): boolean {
  return state.status === 'open';
}

/** Whether the subject is an operator of the installation now. A closed account is none. */
export function isOperator(state: AccountState): boolean {
  return state.status === 'open' && state.operator;
}

function evolve(state: AccountState, event: AccountEvent): AccountState {
  switch (event.type) {
    case 'AccountOpened':
      return { status: 'open', kind: event.data.kind, operator: false };
    case 'AccountClosed':
      return { status: 'closed' };
    case 'OperatorGranted':
      return state.status === 'open' ? { ...state, operator: true } : state;
    case 'OperatorRevoked':
      return state.status === 'open' ? { ...state, operator: false } : state;
    default:
      return event satisfies never;
  }
}

/** @throws Refusal `account-not-opened`, `account-closed` */
function opened(state: AccountState, subject: string): Extract<AccountState, { status: 'open' }> {
  switch (state.status) {
    case 'absent':
      throw accountRules('account-not-opened', { subject });
    case 'closed':
      throw accountRules('account-closed', { subject });
    case 'open':
      return state;
    default:
      return state satisfies never;
  }
}

function mustBeAnothers({ actor, code }: AccountCommand): void {
  if (sameCode(actor.subject, code)) throw accountRules('own-account');
}

/** The accounts of an installation, one stream for each subject. */
export const accountDecider: Decider<AccountState, AccountCommand, AccountEvent> = {
  kind: 'account',
  commands: accountCommands,
  events: accountEvents,
  facts: [],
  initial: { status: 'absent' },
  evolve,
  decide(command, state) {
    mustBeInInstallation(command);
    const subject = command.code;
    switch (command.type) {
      case 'OpenAccount':
        if (sameCode(subject, CLI_SUBJECT)) throw accountRules('subject-reserved', { subject });
        if (state.status === 'open') throw accountRules('account-already-opened', { subject });
        if (state.status === 'closed') throw accountRules('account-closed', { subject });
        return [{ type: 'AccountOpened', data: { kind: command.body.kind } }];
      case 'CloseAccount':
        opened(state, subject);
        mustBeAnothers(command);
        return [{ type: 'AccountClosed', data: {} }];
      case 'GrantOperator':
        mustBeAnothers(command);
        if (opened(state, subject).operator) throw accountRules('already-operator', { subject });
        return [{ type: 'OperatorGranted', data: {} }];
      case 'RevokeOperator':
        mustBeAnothers(command);
        if (!opened(state, subject).operator) throw accountRules('not-operator', { subject });
        return [{ type: 'OperatorRevoked', data: {} }];
      default:
        return command satisfies never;
    }
  },
};
