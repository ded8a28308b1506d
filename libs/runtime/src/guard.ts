import {
  type Actor,
  type AnyDecider,
  type Clock,
  type CommandRunner,
  type Credentials,
  INSTALLATION,
  isCode,
  isoMoment,
  type Json,
  parseStream,
  streamName,
  UnknownCommand,
} from '@jejak/core';
import {
  type AccessState,
  type AccountState,
  accessZone,
  dayIn,
  type Grant,
  grantsOn,
  isOpen,
  isOperator,
  type ProgrammeFacts,
  type Role,
} from '@jejak/domain';
import { NotSignedIn } from './signed-in';

/** Who asks, as far as the request proves it. */
export interface Caller {
  /** from the verified token; undefined for the public */
  readonly subject?: string;
  /** for an officer of several agencies: the one that this request acts for */
  readonly agency?: string;
}

/** What a subject may be in a programme, now. */
export interface Rights {
  readonly operator: boolean;
  readonly grants: readonly Grant[];
}

/** A caller who is known, but may not do this. */
export class NotAllowed extends Error {
  readonly code = 'not-allowed';
  constructor(
    /** what was asked for: a command's or a question's name */
    readonly what: string,
    readonly roles: readonly string[],
  ) {
    super(`${what} takes one of the roles ${roles.join(', ')}`);
  }
}

export interface GuardOptions {
  readonly commands: Pick<CommandRunner, 'read'>;
  readonly deciders: readonly AnyDecider[];
  readonly credentials: Pick<Credentials, 'logAccess'>;
  readonly clock: Clock;
}

/**
 * The one place that decides who may do what. It folds grants from the log itself, so that what was revoked, or the
 * account closed, counts from the next request on.
 */
export class Guard {
  private readonly deciders: ReadonlyMap<string, AnyDecider>;

  constructor(private readonly options: GuardOptions) {
    this.deciders = new Map(options.deciders.map((decider) => [decider.kind, decider]));
  }

  /** Whether the subject has an account that is open. */
  async isOpen(subject: string): Promise<boolean> {
    return isOpen(await this.account(subject));
  }

  /**
   * What a subject is in a programme, or in `installation`.
   *
   * @throws NotSignedIn `token-invalid` when the account is not open
   */
  async rights(subject: string, programme: string): Promise<Rights> {
    const [operator, grants] = await Promise.all([this.operator(subject), this.grants(subject, programme)]);
    return { operator, grants };
  }

  /**
   * Whether a subject is an operator of the installation.
   *
   * @throws NotSignedIn `token-invalid` when the account is not open
   */
  async operator(subject: string): Promise<boolean> {
    const account = await this.account(subject);
    if (!isOpen(account)) throw new NotSignedIn('token-invalid');
    return isOperator(account);
  }

  /** The grants of a subject in a programme that are in force today, whether or not the account is open. */
  async grants(subject: string, programme: string): Promise<readonly Grant[]> {
    const state = await this.access(subject, programme);
    if (state.status === 'absent') return [];
    // Only a grant with a last day asks what day it is.
    if (state.grants.every(({ until }) => until === undefined)) return state.grants;
    const { state: facts } = await this.options.commands.read(streamName('programme', programme));
    return grantsOn(state, dayIn(accessZone(facts as ProgrammeFacts), isoMoment(this.options.clock())));
  }

  /**
   * The actors that the caller may be for a command, the likeliest first; at least one. More than one where an officer
   * of several agencies, or who also is of the office, did not say which.
   *
   * @throws NotSignedIn; NotAllowed, which is written to the access log
   */
  async actors(
    caller: Caller,
    stream: string,
    type: string,
    body: Json,
  ): Promise<readonly [Actor, ...Actor[]]> {
    const { kind, programme } = parseStream(stream);
    const roles = this.deciders.get(kind)?.commands[type]?.roles;
    if (roles === undefined) throw new UnknownCommand(`${kind} streams know no command ${type}`);
    const { subject } = caller;
    if (subject === undefined) throw new NotSignedIn('sign-in-required');
    const rights = await this.rights(subject, programme);
    const actors = roles.flatMap((role) => actorsAs(role, subject, rights, caller.agency));
    // Who reports on behalf of an agency does so as the office.
    if (namesAgency(body)) actors.sort((a, b) => Number(b.role === 'office') - Number(a.role === 'office'));
    const [first, ...others] = actors;
    if (first === undefined) return this.refuse(caller, programme, type, roles);
    return [first, ...others];
  }

  /**
   * The role in which the caller may ask a question.
   *
   * @param roles who may ask it; `public` among them lets everybody ask
   * @returns the caller's role, `public` only where no other fits
   * @throws NotSignedIn; NotAllowed, which is written to the access log
   */
  async reader(caller: Caller, programme: string, question: string, roles: readonly Role[]): Promise<Role> {
    const open = roles.includes('public');
    if (caller.subject === undefined) {
      if (open) return 'public';
      throw new NotSignedIn('sign-in-required');
    }
    const { operator, grants } = await this.rights(caller.subject, programme);
    const held: Role[] = [...grants.map(({ role }) => role), ...(operator ? (['operator'] as const) : [])];
    const fits = held.find((role) => roles.includes(role));
    if (fits !== undefined) return fits;
    if (open) return 'public';
    return this.refuse(caller, programme, question, roles);
  }

  private async refuse(
    caller: Caller,
    programme: string,
    what: string,
    roles: readonly string[],
  ): Promise<never> {
    await this.options.credentials.logAccess({
      at: isoMoment(this.options.clock()),
      kind: 'refused',
      ...(caller.subject !== undefined && { subject: caller.subject }),
      programme,
      detail: what,
    });
    throw new NotAllowed(what, roles);
  }

  private async access(subject: string, programme: string): Promise<AccessState> {
    if (programme === INSTALLATION || !isCode(subject)) return { status: 'absent' };
    const { state } = await this.options.commands.read(streamName('access', programme, subject));
    return state as AccessState;
  }

  private async account(subject: string): Promise<AccountState> {
    if (!isCode(subject)) return { status: 'absent' };
    const { state } = await this.options.commands.read(streamName('account', INSTALLATION, subject));
    return state as AccountState;
  }
}

function actorsAs(role: string, subject: string, rights: Rights, agency: string | undefined): Actor[] {
  switch (role) {
    case 'operator':
      return rights.operator ? [{ subject, role }] : [];
    case 'officer': {
      const agencies = rights.grants.flatMap((grant) =>
        grant.role === 'officer' ? (grant.agency ?? []) : [],
      );
      const meant =
        agency === undefined ? agencies : agencies.filter((each) => each === agency.toLowerCase());
      return meant.map((each) => ({ subject, role, agency: each }));
    }
    default:
      return rights.grants.some((grant) => grant.role === role) ? [{ subject, role }] : [];
  }
}

function namesAgency(body: Json): boolean {
  return typeof body === 'object' && body !== null && 'onBehalfOf' in body;
}
