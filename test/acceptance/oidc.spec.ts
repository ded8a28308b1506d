import { signingKey, TestProvider } from '../support/oidc-provider';
import { type City, city, DAYS, PASSWORD, plan } from './support/city';
import { Client } from './support/client';
import { mode, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(120_000);

describe(`sign-in by OIDC, ${mode}`, () => {
  let provider: TestProvider;
  let running: Running;
  let here: City;
  /** an officer of the agency who has no password here */
  let officer: Client;
  let subject: string;

  beforeAll(async () => {
    provider = await TestProvider.start(signingKey('RS256'));
    running = await startJejak(mode, { environment: { JEJAK_OIDC_ISSUER: provider.issuer } });
    here = await city(running, 'sso');
    const { access_token: token } = await provider.personTokens('sari-di-sso');
    officer = new Client(running.url, token);
  });
  afterAll(async () => {
    await running.stop();
    await removeData(running);
    await provider.down();
  });

  const me = async (client: Client): Promise<string> => {
    const { status, body } = await client.get('/v1/me');
    return `${String(status)} ${String(body.code ?? body.subject)}`;
  };

  it('is ready once it has the provider’s keys, and says so', async () => {
    const { body } = await here.anyone.get('/health/ready');
    expect(body).toMatchObject({ status: 'ready', identityProvider: { keys: true } });
    const { components, security } = (await here.anyone.get('/v1/openapi.json')).body;
    expect(components.securitySchemes.oidc).toEqual({
      type: 'openIdConnect',
      openIdConnectUrl: `${provider.issuer}/.well-known/openid-configuration`,
    });
    expect(security).toContainEqual({ oidc: [] });
  });

  it('knows nobody who has no account, and makes none', async () => {
    expect(await me(officer)).toBe('403 account-unknown');
    const { body } = await officer.get('/v1/me', { 'accept-language': 'id' });
    expect(body.title).toMatch(/^Penyedia identitas mengenal Anda/);
    const log = (await here.operator.get('/v1/access-log?limit=50')).body;
    expect(log.items).toContainEqual(
      expect.objectContaining({ kind: 'sign-in-failed', detail: 'no account for a provider’s token' }),
    );
    expect(JSON.stringify(log)).not.toContain('sari-di-sso');
  });

  it('is by an account with the subject at the provider, which one account has', async () => {
    const account = { login: 'sari', name: 'Sari', oidcSubject: 'sari-di-sso' };
    const opened = await here.operator.accepted('/v1/accounts', account);
    subject = opened.body.subject as string;
    expect(await me(officer)).toBe(`200 ${subject}`);
    const second = await here.operator.command('/v1/accounts', { ...account, login: 'sari-2' });
    expect([second.status, second.body.code]).toEqual([409, 'external-taken']);
    const { items } = (await here.operator.get('/v1/accounts?limit=500')).body as {
      items: { subject: string; external: unknown }[];
    };
    expect(items.find((each) => each.subject === subject)?.external).toEqual({
      issuer: provider.issuer,
      subject: 'sari-di-sso',
    });
  });

  it('gives no role: grants do, and a grant that is revoked counts at once', async () => {
    const { path, people } = here;
    await people.office.accepted(`${path}/actions`, plan('sso'));
    const target = `${path}/actions/sso/completions`;
    expect((await officer.command(target, { occurredOn: DAYS.middle })).status).toBe(403);
    const role = { role: 'officer', agency: 'diskominfo' };
    await people.office.accepted(`${path}/grants/${subject}`, role);
    const completed = await officer.accepted(target, { occurredOn: DAYS.middle });
    const trail = await people.office.get(
      `${path}/audit-trail?after=${completed.body.token as string}&limit=1`,
    );
    expect(trail.body.items[0].who).toMatchObject({ subject, role: 'officer', agency: 'diskominfo' });
    // What the provider calls a person is nowhere in what was recorded.
    expect(JSON.stringify(trail.body)).not.toContain('sari-di-sso');
    await people.office.accepted(`${path}/grants/${subject}/revocations`, role);
    const refused = await officer.command(target, { occurredOn: DAYS.late });
    expect([refused.status, refused.body.code]).toEqual([403, 'not-allowed']);
  });

  it('is by a service of its own right, too', async () => {
    const body = { login: 'sp2d', name: 'Kas daerah', kind: 'service', oidcSubject: 'treasury' };
    const { body: opened } = await here.operator.accepted('/v1/accounts', body);
    const treasury = new Client(running.url, await provider.serviceToken('treasury'));
    expect(await me(treasury)).toBe(`200 ${opened.subject as string}`);
    await here.operator.accepted(`/v1/accounts/${opened.subject as string}/closing`, {});
    expect(await me(treasury)).toBe('401 token-invalid');
  });

  it('is ended at the provider, or by the operator who takes the subject away, or forgets the person', async () => {
    const out = await officer.request('DELETE', '/v1/session');
    expect([out.status, out.body.code]).toEqual([409, 'session-elsewhere']);
    const set = (of: string, oidcSubject: string | null) =>
      here.operator.request('PUT', `/v1/accounts/${of}/oidc-subject`, { body: { oidcSubject } });
    expect((await set(subject, null)).status).toBe(204);
    expect(await me(officer)).toBe('403 account-unknown');
    const { auditor } = here.people;
    expect((await set(auditor.subject, 'sari-di-sso')).status).toBe(204);
    expect(await me(officer)).toBe(`200 ${auditor.subject}`);
    expect((await set(subject, 'sari-di-sso')).body.code).toBe('external-taken');
    expect((await set('u-nobody', 'x')).status).toBe(404);
    expect((await set(subject, ' x')).body.code).toBe('invalid-body');
    await here.operator.request('DELETE', `/v1/accounts/${auditor.subject}/directory-entry`);
    expect(await me(officer)).toBe('403 account-unknown');
    const { items } = (await here.operator.get('/v1/access-log?limit=50')).body as {
      items: { kind: string; subject?: string; detail: string }[];
    };
    expect(
      items.filter(({ kind }) => kind.startsWith('external')).map(({ kind, detail }) => [kind, detail]),
    ).toEqual([
      ['external-set', auditor.subject],
      ['external-removed', subject],
    ]);
    expect(JSON.stringify(items)).not.toContain('sari-di-sso');
  });

  it('can be the only one: then nobody signs in with a password, and the public reads on', async () => {
    await running.stop();
    const environment = { JEJAK_OIDC_ISSUER: provider.issuer, JEJAK_LOCAL_SIGN_IN: 'no' };
    running = await startJejak(mode, { directory: running.directory, environment });
    const anyone = new Client(running.url);
    const tried = await anyone.request('POST', '/v1/session', {
      body: { login: 'sso-office', password: PASSWORD },
    });
    expect([tried.status, tried.body.code]).toEqual([403, 'sign-in-elsewhere']);
    const { token = '' } = here.people.office;
    expect(await me(new Client(running.url, token))).toBe('401 token-invalid');
    expect((await anyone.get('/v1/programmes')).status).toBe(200);
  });
});
