import { type Decider, defineRules } from '@jejak/core';
import {
  byCode,
  type Day,
  dayIn,
  established,
  mustBeInProgramme,
  type ProgrammeFacts,
  sameCode,
  type TimeZone,
} from '../shared';
import { type AccessCommand, accessCommands } from './access.commands';
import { type AccessEvent, accessEvents, type GRANTED_ROLES } from './access.events';

export const accessRules = defineRules({
  'own-grant': {
    en: 'Nobody grants a role to himself.',
    id: 'Tidak seorang pun dapat memberikan peran kepada dirinya sendiri.',
  },
  'not-yours-to-grant': {
    en: 'The operator grants and revokes the role "office", the office every other one; "{granter}" cannot do so with "{role}".',
    id: 'Operator memberikan dan mencabut peran "office", sekretariat memberikan dan mencabut peran lainnya; "{granter}" tidak dapat melakukannya untuk "{role}".',
  },
  'officer-needs-agency': {
    en: 'An officer acts for an agency: name it.',
    id: 'Petugas bertindak untuk suatu perangkat daerah: sebutkan perangkat daerahnya.',
  },
  'agency-only-for-officers': {
    en: 'Only an officer acts for an agency; the role "{role}" has none.',
    id: 'Hanya petugas yang bertindak untuk perangkat daerah; peran "{role}" tidak memilikinya.',
  },
  'unknown-agency': {
    en: 'The programme knows no agency {agency}.',
    id: 'Program tidak mengenal perangkat daerah {agency}.',
  },
  'until-in-past': {
    en: 'The grant would end on {until}, before today, {today}.',
    id: 'Peran akan berakhir pada {until}, sebelum hari ini, {today}.',
  },
  'already-granted': {
    en: '{subject} holds the role "{role}" already, with the same end.',
    id: '{subject} sudah memiliki peran "{role}" dengan batas waktu yang sama.',
  },
  'not-granted': {
    en: '{subject} does not hold the role "{role}".',
    id: '{subject} tidak memiliki peran "{role}".',
  },
});

/** A role that a subject holds. The agency is in lower case; `until` is the last day. */
export interface Grant {
  readonly role: (typeof GRANTED_ROLES)[number];
  readonly agency?: string;
  readonly until?: Day;
}

/** What was granted to a subject and not revoked; a grant whose last day is past stays in the list. */
export type AccessState =
  { readonly status: 'absent' } | { readonly status: 'known'; readonly grants: readonly Grant[] };

/** The grants that a subject holds on a day in the programme's time zone. */
export function grantsOn(state: AccessState, day: Day): readonly Grant[] {
  switch (state.status) {
    case 'absent':
      return [];
    case 'known':
      return state.grants.filter(({ until }) => until === undefined || day <= until);
    default:
      return state satisfies never;
  }
}

/** The zone in which `until` is read: the programme's, or western Indonesia's before there is a programme. */
export function accessZone(programme: ProgrammeFacts): TimeZone {
  return programme.status === 'established' ? programme.timeZone : 'Asia/Jakarta';
}

interface Named {
  readonly role: Grant['role'];
  readonly agency?: string | undefined;
}

function isSame(a: Named, b: Named): boolean {
  return a.role === b.role && sameCode(a.agency ?? '', b.agency ?? '');
}

function evolve(state: AccessState, event: AccessEvent): AccessState {
  const before = state.status === 'known' ? state.grants : [];
  const others = before.filter((grant) => !isSame(grant, event.data));
  switch (event.type) {
    case 'RoleGranted': {
      const { role, agency, until } = event.data;
      const grant: Grant = {
        role,
        ...(agency !== undefined && { agency: agency.toLowerCase() }),
        ...(until !== undefined && { until }),
      };
      return { status: 'known', grants: [...others, grant] };
    }
    case 'RoleRevoked':
      return { status: 'known', grants: others };
    default:
      return event satisfies never;
  }
}

/** @throws Refusal `not-yours-to-grant` */
function mustBeGranter({ actor, body }: AccessCommand): void {
  const granter = body.role === 'office' ? 'operator' : 'office';
  if (actor.role !== granter)
    throw accessRules('not-yours-to-grant', { granter: actor.role, role: body.role }, 'role');
}

/** @throws Refusal `officer-needs-agency`, `agency-only-for-officers`, `unknown-agency`, `programme-not-established` */
function checkAgency({ role, agency }: Named, programme: ProgrammeFacts): void {
  // Only the office of a programme, never one without a programme, grants what is not `office`.
  if (role !== 'office') established(programme);
  if (role !== 'officer') {
    if (agency !== undefined) throw accessRules('agency-only-for-officers', { role }, 'agency');
    return;
  }
  if (agency === undefined) throw accessRules('officer-needs-agency', {}, 'agency');
  if (byCode(established(programme).agencies, agency) === undefined) {
    throw accessRules('unknown-agency', { agency }, 'agency');
  }
}

/** Who holds which role in a programme, one stream for each subject: the code is the subject. */
export const accessDecider: Decider<
  AccessState,
  AccessCommand,
  AccessEvent,
  { readonly programme: ProgrammeFacts }
> = {
  kind: 'access',
  commands: accessCommands,
  events: accessEvents,
  facts: ['programme'],
  initial: { status: 'absent' },
  evolve,
  decide(command, state, { programme }) {
    mustBeInProgramme(command);
    mustBeGranter(command);
    const subject = command.code;
    const today = dayIn(accessZone(programme), command.at);
    const held = grantsOn(state, today).find((grant) => isSame(grant, command.body));
    switch (command.type) {
      case 'GrantRole': {
        const { role, agency, until } = command.body;
        if (sameCode(command.actor.subject, subject)) throw accessRules('own-grant');
        checkAgency(command.body, programme);
        if (until !== undefined && until < today)
          throw accessRules('until-in-past', { until, today }, 'until');
        if (held !== undefined && held.until === until)
          throw accessRules('already-granted', { subject, role });
        const data = { role, ...(agency !== undefined && { agency }), ...(until !== undefined && { until }) };
        return [{ type: 'RoleGranted', data }];
      }
      case 'RevokeRole': {
        // Giving up a role of one's own is nobody's loss: who may grant it may give it back.
        const { role, agency } = command.body;
        if (held === undefined) throw accessRules('not-granted', { subject, role });
        return [{ type: 'RoleRevoked', data: { role, ...(agency !== undefined && { agency }) } }];
      }
      default:
        return command satisfies never;
    }
  },
};
