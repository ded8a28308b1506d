import { type AccessLogEntry, CommandRunner, INSTALLATION, streamName } from '@jejak/core';
import { MemoryLog } from '@jejak/core/testing';
import { catalogue, deciders } from '@jejak/domain';
import { Guard, NotAllowed } from './guard';
import { NotSignedIn } from './signed-in';

const P = 'kota.2023';

describe('the guard', () => {
  let now = Date.parse('2023-06-01T03:00:00Z');
  let refused: AccessLogEntry[];
  let commands: CommandRunner;
  let guard: Guard;
  let keys = 0;

  const give = (stream: string, type: string, body: object, role: string) =>
    commands.run({
      stream,
      type,
      body: body as never,
      key: `k${String(keys++)}`,
      actor: { subject: 'u-giver', role },
      correlationId: 'c',
    });
  const open = (subject: string) =>
    give(streamName('account', INSTALLATION, subject), 'OpenAccount', { kind: 'person' }, 'operator');
  const grant = (subject: string, body: object) =>
    give(
      streamName('access', P, subject),
      'GrantRole',
      body,
      (body as { role: string }).role === 'office' ? 'operator' : 'office',
    );

  beforeEach(async () => {
    now = Date.parse('2023-06-01T03:00:00Z');
    refused = [];
    const log = new MemoryLog(() => now);
    commands = new CommandRunner({ log, deciders, catalogue, clock: () => now });
    const credentials = { logAccess: async (entry: AccessLogEntry) => void refused.push(entry) };
    guard = new Guard({ commands, deciders, credentials, clock: () => now });
    await give(
      streamName('programme', P),
      'EstablishProgramme',
      {
        name: 'Kota',
        from: '2023-01-01',
        to: '2023-12-31',
        timeZone: 'Asia/Jayapura',
        legalBasis: [],
        dimensions: [{ code: 'g', name: 'G' }],
      },
      'office',
    );
    for (const agency of ['dinas', 'badan']) {
      await give(
        streamName('programme', P),
        'EnrolAgency',
        { agency, name: agency, effectiveOn: '2023-01-01' },
        'office',
      );
    }
  });

  const actors = (
    subject: string | undefined,
    stream: string,
    type: string,
    body: object = {},
    agency?: string,
  ) =>
    guard.actors(
      { ...(subject !== undefined && { subject }), ...(agency !== undefined && { agency }) },
      stream,
      type,
      body as never,
    );
  const action = streamName('action', P, 'a-1');

  it('knows nobody whose account is not open', async () => {
    await expect(actors(undefined, action, 'PlanAction')).rejects.toThrow(
      new NotSignedIn('sign-in-required'),
    );
    await expect(actors('u-nobody', action, 'PlanAction')).rejects.toThrow(new NotSignedIn('token-invalid'));
    await expect(actors('not a code', action, 'PlanAction')).rejects.toThrow(
      new NotSignedIn('token-invalid'),
    );
    await open('u-1');
    await grant('u-1', { role: 'office' });
    expect(await actors('u-1', action, 'PlanAction')).toEqual([{ subject: 'u-1', role: 'office' }]);
    await give(streamName('account', INSTALLATION, 'u-1'), 'CloseAccount', {}, 'operator');
    await expect(actors('u-1', action, 'PlanAction')).rejects.toThrow(new NotSignedIn('token-invalid'));
    expect(await guard.isOpen('u-1')).toBe(false);
  });

  it('refuses a role that the command does not take, and writes it down', async () => {
    await open('u-1');
    await grant('u-1', { role: 'auditor' });
    await expect(actors('u-1', action, 'PlanAction')).rejects.toThrow(NotAllowed);
    expect(refused).toEqual([
      { at: '2023-06-01T03:00:00.000Z', kind: 'refused', subject: 'u-1', programme: P, detail: 'PlanAction' },
    ]);
  });

  it('never makes an actor of the software’s own role', async () => {
    await open('u-1');
    await grant('u-1', { role: 'office' });
    await expect(actors('u-1', streamName('phase', P), 'SealPhase')).rejects.toThrow(NotAllowed);
  });

  it('counts a grant in its own programme, and in no other', async () => {
    await open('u-1');
    await grant('u-1', { role: 'office' });
    await expect(actors('u-1', streamName('action', 'lain.2023', 'a'), 'PlanAction')).rejects.toThrow(
      NotAllowed,
    );
    await expect(actors('u-1', streamName('account', INSTALLATION, 'u-2'), 'OpenAccount')).rejects.toThrow(
      NotAllowed,
    );
  });

  it('gives an officer’s agencies in turn, the one that is meant alone, and none that is not held', async () => {
    await open('u-1');
    await grant('u-1', { role: 'officer', agency: 'Dinas' });
    await grant('u-1', { role: 'officer', agency: 'badan' });
    const officer = (agency: string) => ({ subject: 'u-1', role: 'officer', agency });
    expect(await actors('u-1', action, 'CompleteAction')).toEqual([officer('dinas'), officer('badan')]);
    expect(await actors('u-1', action, 'CompleteAction', {}, 'BADAN')).toEqual([officer('badan')]);
    await expect(actors('u-1', action, 'CompleteAction', {}, 'kantor')).rejects.toThrow(NotAllowed);
  });

  it('takes for the office who reports on behalf of an agency', async () => {
    await open('u-1');
    await grant('u-1', { role: 'officer', agency: 'dinas' });
    await grant('u-1', { role: 'office' });
    const roles = async (body: object) =>
      (await actors('u-1', action, 'CompleteAction', body)).map(({ role }) => role);
    expect(await roles({})).toEqual(['officer', 'office']);
    expect(await roles({ onBehalfOf: 'badan' })).toEqual(['office', 'officer']);
  });

  it('lets a grant end with its last day, in the programme’s own zone', async () => {
    await open('u-1');
    await grant('u-1', { role: 'auditor', until: '2023-06-10' });
    const ends = Date.parse('2023-06-10T15:00:00Z'); // midnight in Jayapura
    const reads = async (at: number) => {
      now = at;
      return guard.reader({ subject: 'u-1' }, P, 'snapshot', ['auditor']).then(
        () => true,
        () => false,
      );
    };
    expect([await reads(ends - 1), await reads(ends)]).toEqual([true, false]);
  });

  it('reads the account and the grants at the same time, and asks what day it is for none that needs no day', async () => {
    await open('u-1');
    await grant('u-1', { role: 'auditor' });
    const under = new Set<string>();
    const seen: string[][] = [];
    const read: CommandRunner['read'] = async (stream) => {
      under.add(stream);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push([...under]);
      under.delete(stream);
      return commands.read(stream);
    };
    const credentials = { logAccess: async () => undefined };
    const watched = new Guard({ commands: { read }, deciders, credentials, clock: () => now });
    expect((await watched.rights('u-1', P)).grants).toHaveLength(1);
    const both = [streamName('account', INSTALLATION, 'u-1'), streamName('access', P, 'u-1')];
    expect(seen).toEqual([both, both.slice(1)]);
  });

  describe('of questions', () => {
    it('gives the role that reads, and the public’s only where no other does', async () => {
      await open('u-1');
      expect(await guard.reader({}, P, 'q', ['auditor', 'public'])).toBe('public');
      expect(await guard.reader({ subject: 'u-1' }, P, 'q', ['auditor', 'public'])).toBe('public');
      await grant('u-1', { role: 'auditor' });
      expect(await guard.reader({ subject: 'u-1' }, P, 'q', ['auditor', 'public'])).toBe('auditor');
      await expect(guard.reader({}, P, 'q', ['auditor'])).rejects.toThrow(
        new NotSignedIn('sign-in-required'),
      );
      await expect(guard.reader({ subject: 'u-1' }, P, 'q', ['office'])).rejects.toThrow(NotAllowed);
    });

    it('knows operators of the installation', async () => {
      await open('u-1');
      await give(streamName('account', INSTALLATION, 'u-1'), 'GrantOperator', {}, 'operator');
      expect(await guard.reader({ subject: 'u-1' }, INSTALLATION, 'accounts', ['operator'])).toBe('operator');
      expect(await guard.rights('u-1', P)).toEqual({ operator: true, grants: [] });
    });
  });
});
