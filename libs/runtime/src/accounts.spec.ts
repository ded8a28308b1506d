import { ExternalTaken, INSTALLATION, LoginTaken, LogUnavailable, streamName } from '@jejak/core';
import { ImportCity, OFFICE } from '../../../test/support/import-city';
import { newAccountSchema, openAccount } from './accounts';

describe('opening an account over HTTP', () => {
  let city: ImportCity;
  beforeEach(async () => {
    city = await ImportCity.open();
    await city.give('GrantOperator', streamName('account', INSTALLATION, 'p-office'), {});
  });
  afterEach(() => city.close());

  const account = newAccountSchema.parse({ login: 'sari', name: 'Sari' });
  const open = (key: string, over = city.jejak) =>
    openAccount(over, { caller: OFFICE, key, correlationId: 'c-1' }, account);
  const failing = () => {
    const { commands } = city.jejak;
    const run = jest.spyOn(commands, 'run').mockRejectedValueOnce(new LogUnavailable('no room'));
    return () => run.mockRestore();
  };

  it('leaves the login to whoever comes next, where the log did not take the account', async () => {
    const restore = failing();
    await expect(open('first')).rejects.toThrow(LogUnavailable);
    restore();
    const { subject } = await open('second');
    expect(await city.jejak.credentials.byLogin('sari')).toMatchObject({ subject, name: 'Sari' });
    expect(await city.jejak.guard.isOpen(subject)).toBe(true);
    await expect(open('first')).rejects.toThrow(LoginTaken);
  });

  it('goes on under the same key where it was cut off', async () => {
    const restore = failing();
    await expect(open('first')).rejects.toThrow(LogUnavailable);
    restore();
    const { subject } = await open('first');
    expect(await city.jejak.guard.isOpen(subject)).toBe(true);
    expect(await open('first')).toMatchObject({ subject });
  });

  it('leaves the subject at the identity provider, too, to whoever comes next', async () => {
    const over = { ...city.jejak, config: { ...city.jejak.config, oidcIssuer: 'https://sso.test' } };
    const opening = (key: string, login: string) =>
      openAccount(
        over,
        { caller: OFFICE, key, correlationId: 'c-1' },
        newAccountSchema.parse({ login, name: 'Sari', oidcSubject: 'sari-di-sso' }),
      );
    const restore = failing();
    await expect(opening('first', 'sari')).rejects.toThrow(LogUnavailable);
    restore();
    const { subject } = await opening('second', 'sari-lagi');
    const external = { issuer: 'https://sso.test', subject: 'sari-di-sso' };
    expect(await city.jejak.credentials.byExternal(external)).toMatchObject({ subject, login: 'sari-lagi' });
    await expect(opening('third', 'orang-lain')).rejects.toThrow(ExternalTaken);
    expect(await city.jejak.credentials.byLogin('orang-lain')).toBeUndefined();
    const events = await city.jejak.log.readStream(streamName('account', INSTALLATION, subject));
    expect(JSON.stringify(events)).not.toContain('sari-di-sso');
  });

  it('gives a login that many ask for at once to one of them, whole', async () => {
    const opened = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => open(`k${String(n)}`)));
    const won = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value.subject] : []));
    expect(won).toHaveLength(1);
    for (const one of opened) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(LoginTaken);
    expect(await city.jejak.credentials.byLogin('sari')).toMatchObject({ subject: won[0] });
  });
});
