import { Readable } from 'node:stream';
import { INSTALLATION, KeyReused, streamName } from '@jejak/core';
import { DINKES, ImportCity, OFFICE, PROGRAMME } from '../../../test/support/import-city';
import { forgetPerson, newAccountSchema, openAccount } from './accounts';
import { type Sent, submit } from './dispatch';

describe('a command that was accepted, sent again', () => {
  let city: ImportCity;
  beforeEach(async () => {
    city = await ImportCity.open();
  });
  afterEach(() => city.close());

  const sent = (stream: string, more: Pick<Sent, 'type' | 'body'>): Sent => ({
    ...more,
    ...{ caller: OFFICE, stream, key: 'once', correlationId: 'c-1' },
  });
  const close = (subject: string) =>
    city.give('CloseAccount', streamName('account', INSTALLATION, subject), {});

  it('gets the first receipt though the account that a role was granted to is closed by now', async () => {
    const { jejak } = city;
    const grant = sent(streamName('access', PROGRAMME, 'p-dinkes'), {
      type: 'GrantRole',
      body: { role: 'verifier' },
    });
    const first = await submit(jejak, grant);
    await close('p-dinkes');
    const events = await city.events();
    expect(await submit(jejak, { ...grant, correlationId: 'c-2' })).toEqual(first);
    await expect(submit(jejak, { ...grant, body: { role: 'auditor' } })).rejects.toThrow(KeyReused);
    const another = submit(jejak, { ...grant, key: 'another', body: { role: 'auditor' } });
    await expect(another).rejects.toMatchObject({ code: 'subject-unknown' });
    expect(await city.events()).toBe(events);
  });

  it('is refused like any other where it was refused the first time', async () => {
    await close('p-dinkes');
    const grant = sent(streamName('access', PROGRAMME, 'p-dinkes'), {
      type: 'GrantRole',
      body: { role: 'verifier' },
    });
    for (let n = 0; n < 2; n++)
      await expect(submit(city.jejak, grant)).rejects.toMatchObject({ code: 'subject-unknown' });
  });

  it('gets the first receipt though the file that it attached is not there any more', async () => {
    const { jejak } = city;
    const stream = streamName('action', PROGRAMME, 'A-1');
    await city.as(OFFICE, 'PlanAction', stream, {
      ...{ code: 'A-1', effectiveOn: '2023-01-01', title: 'Aksi', kind: 'action', dimension: 'governance' },
      ...{ weight: '1', lead: 'dinkes', supporting: [] },
      targets: { unit: 'dokumen', quarters: [{ quarter: '2023-Q1', target: '1' }] },
    });
    const of = await city.as(DINKES, 'CompleteAction', stream, { occurredOn: '2023-03-01' });
    const about = { mediaType: 'text/plain', limit: 100 };
    const { digest, bytes } = await jejak.evidence.put(
      PROGRAMME,
      Readable.from([Buffer.from('bukti')]),
      about,
    );
    const body = { of, digest, bytes, mediaType: 'text/plain' };
    const attach = { ...sent(stream, { type: 'AttachEvidence', body }), caller: DINKES };
    const first = await submit(jejak, attach);
    const gone = jest.spyOn(jejak.evidence, 'about').mockResolvedValue(undefined);
    try {
      expect(await submit(jejak, attach)).toEqual(first);
      await expect(submit(jejak, { ...attach, key: 'another' })).rejects.toMatchObject({
        code: 'evidence-unknown',
      });
    } finally {
      gone.mockRestore();
    }
  });

  it('gets the first receipt though the person whose account it opened is forgotten, and brings nobody back', async () => {
    const { jejak } = city;
    await city.give('GrantOperator', streamName('account', INSTALLATION, 'p-office'), {});
    const command = { caller: OFFICE, key: 'once', correlationId: 'c-1' };
    const account = newAccountSchema.parse({ login: 'sari', name: 'Sari' });
    const first = await openAccount(jejak, command, account);
    await forgetPerson(jejak, 'p-office', first.subject);
    expect(await openAccount(jejak, command, account)).toEqual(first);
    expect(await jejak.credentials.bySubject(first.subject)).toEqual({ subject: first.subject, login: '' });
  });
});
