import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SqliteCredentials } from '@jejak/adapters/sqlite';
import { forgetPerson, setPassword } from './accounts';
import { configFor } from './config';
import { Identity } from './identity';
import { hashPassword, passwordFits } from './passwords';
import { NotSignedIn } from './signed-in';

describe('signing in while the account changes', () => {
  const clock = (): number => Date.parse('2023-06-12T12:00:00.000Z');
  let directory: string;
  let credentials: SqliteCredentials;
  let identity: Identity;
  /** the sign-ins that tokens were kept of */
  let families: string[];
  /** what happens between the check of a password and the tokens */
  let meanwhile: () => Promise<unknown>;

  beforeEach(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-identity-'));
    credentials = SqliteCredentials.open({ file: path.join(directory, 'accounts.db'), clock });
    families = [];
    const save = credentials.saveRefresh.bind(credentials);
    credentials.saveRefresh = async (token) => {
      families.push(token.family);
      await save(token);
    };
    meanwhile = async () => undefined;
    const isOpen = async (): Promise<boolean> => {
      await meanwhile();
      return true;
    };
    identity = await Identity.open({ credentials, clock, config: configFor(directory), isOpen });
    await credentials.save({
      subject: 'u-1',
      login: 'sari',
      name: 'Sari',
      passwordHash: await hashPassword('lama-sekali'),
    });
  });
  afterEach(async () => {
    await credentials.close();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  const session = (): string => families.at(-1) ?? '';
  const account = async () => (await credentials.bySubject('u-1'))!;
  const parts = () => ({ clock, credentials, identity });
  const kinds = async () =>
    (await credentials.accessLog({ limit: 9 })).map(({ kind, subject, detail }) => [kind, subject, detail]);

  it('gives nothing for a password that was reset after it was checked', async () => {
    meanwhile = async () =>
      expect(await setPassword(parts(), 'u-operator', await account(), 'baru-sekali')).toBe(true);
    await expect(identity.signIn('sari', 'lama-sekali')).rejects.toThrow(new NotSignedIn('sign-in-failed'));
    expect(families).toHaveLength(1);
    expect(await credentials.familyLives(session())).toBe(false);
    expect(await kinds()).toEqual([
      ['sign-in-failed', 'u-1', 'password changed meanwhile'],
      ['password-reset', 'u-operator', 'u-1'],
    ]);
    meanwhile = async () => undefined;
    expect((await identity.signIn('sari', 'baru-sekali')).subject).toBe('u-1');
  });

  it('gives nothing to who was forgotten after the password was checked', async () => {
    meanwhile = () => forgetPerson(parts(), 'u-operator', 'u-1');
    await expect(identity.signIn('sari', 'lama-sekali')).rejects.toThrow(new NotSignedIn('sign-in-failed'));
    expect((await kinds()).at(-1)).toEqual(['forgotten', 'u-operator', 'u-1']);
  });

  it.each([
    ['the password is reset', async () => setPassword(parts(), 'u-operator', await account(), 'baru-sekali')],
    ['the person is forgotten', () => forgetPerson(parts(), 'u-operator', 'u-1')],
    ['the session is ended', () => identity.signOut({ session: session(), subject: 'u-1' })],
  ])('leaves no session alive that is being refreshed while %s', async (_what, ending) => {
    const { refreshToken, accessToken } = await identity.signIn('sari', 'lama-sekali');
    await identity.verify(accessToken);
    // Between the use of the old token and the keeping of the new one.
    meanwhile = ending;
    await expect(identity.refresh(refreshToken)).rejects.toThrow(new NotSignedIn('refresh-invalid'));
    meanwhile = async () => undefined;
    expect(await credentials.familyLives(session())).toBe(false);
    await expect(identity.verify(accessToken)).rejects.toThrow(new NotSignedIn('token-invalid'));
    await expect(identity.refresh(refreshToken)).rejects.toThrow(new NotSignedIn('refresh-invalid'));
  });

  it('does not remember a token as good that was ended while it was checked', async () => {
    const { accessToken } = await identity.signIn('sari', 'lama-sekali');
    const lives = credentials.familyLives.bind(credentials);
    credentials.familyLives = async (family) => {
      const answer = await lives(family);
      credentials.familyLives = lives;
      await setPassword(parts(), 'u-operator', await account(), 'baru-sekali');
      return answer;
    };
    await identity.verify(accessToken);
    await expect(identity.verify(accessToken)).rejects.toThrow(new NotSignedIn('token-invalid'));
  });

  it('takes no token of a sign-in that another process ended', async () => {
    const isOpen = () => Promise.resolve(true);
    const other = await Identity.open({ credentials, clock, config: configFor(directory), isOpen });
    const { accessToken } = await identity.signIn('sari', 'lama-sekali');
    await identity.verify(accessToken);
    const { session: begun = '', subject } = await other.verify(accessToken);
    await other.signOut({ session: begun, subject });
    await expect(identity.verify(accessToken)).rejects.toThrow(new NotSignedIn('token-invalid'));
  });

  it('takes a token that expired while it waited to be read, not one that was handed in too late', async () => {
    const { accessToken, expiresIn } = await identity.signIn('sari', 'lama-sekali');
    const expiry = clock() + expiresIn * 1000;
    const config = configFor(directory);
    const later = await Identity.open({
      ...{ credentials, config, clock: () => expiry + 3_600_000 },
      isOpen: () => Promise.resolve(true),
    });
    await expect(later.verify(accessToken)).rejects.toThrow(new NotSignedIn('token-expired'));
    expect(await later.verify(accessToken, expiry - 1)).toMatchObject({ subject: 'u-1' });
    for (const known of [later, identity])
      await expect(known.verify(accessToken, expiry)).rejects.toThrow(new NotSignedIn('token-expired'));
    await later.endAll('u-1');
    await expect(later.verify(accessToken, expiry - 1)).rejects.toThrow(new NotSignedIn('token-invalid'));
  });

  it('brings nobody back who was forgotten while a password was being set', async () => {
    const before = await account();
    const setting = setPassword(parts(), 'u-1', before, 'baru-sekali');
    await forgetPerson(parts(), 'u-operator', 'u-1');
    expect(await setting).toBe(false);
    expect(await account()).toEqual({ subject: 'u-1', login: '' });
  });

  it('lets one of two changes of a password win, and writes it down', async () => {
    const before = await account();
    const done = await Promise.all(
      ['satu-satu-satu', 'dua-dua-dua'].map((secret) => setPassword(parts(), 'u-1', before, secret)),
    );
    expect([...done].sort()).toEqual([false, true]);
    const winner = done[0] === true ? 'satu-satu-satu' : 'dua-dua-dua';
    expect(await passwordFits(winner, (await account()).passwordHash)).toBe(true);
    expect(await kinds()).toEqual([['password-changed', 'u-1', 'u-1']]);
  });
});
