import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  InvalidBody,
  KeyReused,
  LoginTaken,
  LogUnavailable,
  OutcomeUnknown,
  Refusal,
  streamName,
} from '@jejak/core';
import { DINKES, ImportCity, OFFICE, PROGRAMME } from '../../../../test/support/import-city';
import { NotAllowed } from '../guard';
import { NotSignedIn } from '../signed-in';
import { passwordFits } from '../passwords';
import { SocketClient } from './client';
import { type ServedSocket, serveSocket } from './server';
import { JejakService, type LocalService } from './service';

const sent = (key: string, more: object = {}) => ({
  caller: OFFICE,
  type: 'EnrolAgency',
  stream: streamName('programme', PROGRAMME),
  body: { agency: key, name: 'Baris\u2028dua', effectiveOn: '2023-02-01' },
  key,
  correlationId: 'c',
  ...more,
});

async function thrown(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the socket of the command line', () => {
  let city: ImportCity;
  let served: ServedSocket;
  let file: string;
  let client: SocketClient;

  beforeEach(async () => {
    city = await ImportCity.open();
    file = path.join(city.directory, 'jejak.sock');
    fs.writeFileSync(file, 'left behind by a server that died');
    served = await serveSocket(new JejakService(city.jejak), file);
    client = (await SocketClient.connect(file)) as SocketClient;
  });
  afterEach(async () => {
    client.close();
    await served.close();
    await city.close();
  });

  it('can be opened by the owner of the data directory only, and goes when the server does', async () => {
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    await served.close();
    expect(fs.existsSync(file)).toBe(false);
    expect(await SocketClient.connect(file)).toBeUndefined();
  });

  it('carries out commands as somebody, many at once, each answered for itself', async () => {
    const before = await city.events();
    const keys = Array.from({ length: 100 }, (_, n) => `a${String(n)}`);
    const receipts = await Promise.all(keys.map((key) => client.submit(sent(key))));
    expect(new Set(receipts.map(({ revision }) => revision)).size).toBe(100);
    expect(await city.events()).toBe(before + 100);
    // The same key again is the same command.
    expect(await client.submit(sent('a0'))).toEqual(receipts[0]);
    const events = await city.jejak.log.readStream(streamName('programme', PROGRAMME));
    expect(events.at(-1)?.event.data).toMatchObject({ name: 'Baris\u2028dua' });
    expect(events.at(-1)?.event.meta.actor).toEqual({ subject: 'p-office', role: 'office' });
  });

  it('keeps the meaning of errors', async () => {
    const refused = await thrown(
      client.submit(
        sent('x', { body: { agency: 'diskominfo', name: 'Dinas diskominfo', effectiveOn: '2023-02-01' } }),
      ),
    );
    expect(refused).toBeInstanceOf(Refusal);
    expect((refused as Refusal).sentence('id')).toBe(
      'Perangkat daerah diskominfo sudah terdaftar dengan nama itu pada 2023-02-01.',
    );
    expect(await thrown(client.submit(sent('x', { caller: DINKES })))).toBeInstanceOf(NotAllowed);
    expect(await thrown(client.submit(sent('x', { caller: { subject: 'nobody' } })))).toBeInstanceOf(
      NotSignedIn,
    );
    expect(await thrown(client.submit(sent('x', { body: {} })))).toBeInstanceOf(InvalidBody);
    await client.submit(sent('y'));
    expect(
      await thrown(client.submit(sent('y', { body: { agency: 'y', name: 'z', effectiveOn: '2023-02-01' } }))),
    ).toBeInstanceOf(KeyReused);
  });

  it('opens, closes and changes accounts in the name of the command line', async () => {
    const account = {
      login: 'Baru',
      name: 'Orang Baru',
      password: 'kata-sandi',
      kind: 'person' as const,
      operator: true,
    };
    const { subject } = await client.openAccount(account);
    expect(await city.jejak.guard.rights(subject, 'installation')).toMatchObject({ operator: true });
    expect(await thrown(client.openAccount({ ...account, login: 'BARU' }))).toBeInstanceOf(LoginTaken);
    await client.giveAccount('RevokeOperator', subject);
    expect(await city.jejak.guard.rights(subject, 'installation')).toMatchObject({ operator: false });
    await client.setPassword(subject, 'kata-sandi-lain');
    const kept = await city.jejak.credentials.bySubject(subject);
    expect(await passwordFits('kata-sandi-lain', kept?.passwordHash)).toBe(true);
    const unset = await thrown(client.setOidcSubject(subject, 'di-sso'));
    expect((unset as Refusal).code).toBe('no-provider');
    const external = { issuer: 'https://sso.test', subject: 'di-sso' };
    await city.jejak.credentials.setExternal(subject, external);
    await client.setOidcSubject(subject, null);
    expect(await city.jejak.credentials.byExternal(external)).toBeUndefined();
    await client.giveAccount('CloseAccount', subject);
    expect(await city.jejak.guard.isOpen(subject)).toBe(false);
    const events = await city.jejak.log.readStream(streamName('account', 'installation', subject));
    expect(new Set(events.map(({ event }) => event.meta.actor.subject))).toEqual(new Set(['cli']));
  });

  it('begins an account anew whose opening was cut off between the directory and the log', async () => {
    await city.jejak.credentials.save({ subject: 'u-half', login: 'separuh', name: 'Separuh' });
    const { subject } = await client.openAccount({
      login: 'separuh',
      name: 'Utuh',
      kind: 'person',
      operator: false,
    });
    expect(await city.jejak.guard.isOpen(subject)).toBe(true);
    expect(await city.jejak.credentials.byLogin('separuh')).toMatchObject({ subject, name: 'Utuh' });
  });

  it.each([
    'GET / HTTP/1.1\r\n\r\n',
    'null\n',
    '7\n',
    '"text"\n',
    '[]\n',
    '{}\n',
    '{"id":null,"call":"submit"}\n',
  ])('hangs up on who does not speak the protocol (%j), and goes on with the others', async (line) => {
    const stranger = net.connect(file);
    stranger.on('error', () => undefined);
    const hungUp = new Promise((resolve) => stranger.once('close', resolve));
    stranger.write(line);
    await hungUp;
    await client.submit(sent('b1'));
  });
});

describe('a server that goes while commands are under way', () => {
  it('lets what is under way be asked for again', async () => {
    const city = await ImportCity.open();
    const file = path.join(city.directory, 'jejak.sock');
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const real = new JejakService(city.jejak);
    const slow: LocalService = {
      submit: async (command) => {
        await held;
        return real.submit(command);
      },
      openAccount: (account) => real.openAccount(account),
      giveAccount: (type, subject) => real.giveAccount(type, subject),
      setOidcSubject: (subject, oidcSubject) => real.setOidcSubject(subject, oidcSubject),
      setPassword: (subject, password) => real.setPassword(subject, password),
    };
    const served = await serveSocket(slow, file);
    const client = (await SocketClient.connect(file)) as SocketClient;
    const answered = client.submit(sent('c1'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = served.close();
    release?.();
    // A command that was taken is answered before the socket goes.
    expect((await answered).events).toHaveLength(1);
    await closed;
    // Whether this one was sent before the end was seen is chance.
    expect(['outcome-unknown', 'log-unavailable']).toContain(
      ((await thrown(client.submit(sent('c2')))) as OutcomeUnknown | LogUnavailable).code,
    );
    client.close();
    await city.close();
  });

  it('says of what was sent that its outcome is not known, and of what was not that nothing was recorded', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-socket-'));
    const file = path.join(directory, 'jejak.sock');
    const server = net.createServer((connection) => connection.once('data', () => connection.destroy()));
    await new Promise<void>((resolve) => server.listen(file, resolve));
    const client = (await SocketClient.connect(file)) as SocketClient;
    const both = await Promise.all([thrown(client.submit(sent('d1'))), thrown(client.submit(sent('d2')))]);
    for (const error of both) expect(error).toBeInstanceOf(OutcomeUnknown);
    expect(await thrown(client.submit(sent('d3')))).toBeInstanceOf(LogUnavailable);
    client.close();
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(directory, { recursive: true });
  });
});
