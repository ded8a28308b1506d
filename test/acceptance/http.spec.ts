import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { type City, city, DAYS, PASSWORD, plan, QUARTER } from './support/city';
import { Client } from './support/client';
import { mode, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(120_000);

describe(`the protocol, ${mode}`, () => {
  let running: Running;
  let kota: City;

  beforeAll(async () => {
    running = await startJejak(mode, { environment: { JEJAK_WAIT_MILLISECONDS: '1000' } });
    kota = await city(running, 'kota');
  });
  afterAll(async () => {
    await running.stop();
    await removeData(running);
  });

  describe('a command', () => {
    it('gives one receipt for one key, however often and at once it is sent', async () => {
      const { path, people } = kota;
      const key = { 'idempotency-key': randomUUID() };
      const replies = await Promise.all(
        Array.from({ length: 20 }, () => people.office.command(`${path}/actions`, plan('twenty'), key)),
      );
      for (const { status, body } of replies) {
        expect(status).toBe(201);
        expect(body).toEqual(replies[0]!.body);
      }
      const own = `stream=action-${kota.programme}.twenty`;
      const { body } = await people.office.get(
        `${path}/audit-trail?${own}&after=${encodeURIComponent(replies[0]!.body.token)}`,
      );
      expect(body.total).toBe(1);
    });

    it('is refused under the key of another one', async () => {
      const { path, people } = kota;
      const key = { 'idempotency-key': randomUUID() };
      await people.office.accepted(`${path}/actions`, plan('reused'), key);
      const other = await people.office.command(`${path}/actions`, plan('reused', { title: 'Lain' }), key);
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    });

    it.each([[undefined], [''], ['has space'], ['é'.repeat(3)], ['x'.repeat(201)]])(
      'needs a key, and not %p',
      async (key) => {
        const { people, path } = kota;
        const headers = key === undefined ? {} : { 'idempotency-key': encodeHeader(key) };
        const { status, body } = await people.office.request('POST', `${path}/actions`, {
          body: plan('keyless'),
          headers,
        });
        expect([status, body.code]).toEqual([400, 'idempotency-key-missing']);
      },
    );

    it('changes a plan only for who has seen the one in force', async () => {
      const { path, people } = kota;
      await people.office.accepted(`${path}/actions`, plan('guarded'));
      const { code: _, lead: _lead, supporting: _supporting, ...body } = plan('x', { weight: '3' });
      const replan = (headers: Record<string, string>, key = randomUUID()) =>
        people.office.command(`${path}/actions/guarded/plan`, body, { ...headers, 'idempotency-key': key });
      const missing = await replan({});
      expect([missing.status, missing.body.code]).toEqual([428, 'precondition-required']);
      expect((await replan({ 'if-match': '*' })).status).toBe(428);
      for (const tag of ['"r1"', '"7"', 'W/"0"', 'nonsense']) {
        const mismatch = await replan({ 'if-match': tag });
        expect([mismatch.status, mismatch.body.code]).toEqual([412, 'revision-mismatch']);
      }
      const key = randomUUID();
      const accepted = await replan({ 'if-match': '"r0"' }, key);
      expect([accepted.status, accepted.headers.get('etag')]).toEqual([200, '"r1"']);
      expect((await replan({ 'if-match': '"r0"' }, key)).body).toEqual(accepted.body);
      expect((await replan({ 'if-match': '"r0"' })).status).toBe(412);
    });

    it('is read by who waits for its token', async () => {
      const { path, people } = kota;
      for (let n = 0; n < 20; n++) {
        const { body } = await people.office.accepted(`${path}/actions`, plan(`after-${String(n)}`));
        const read = await people.officer.get(
          `${path}/actions/after-${String(n)}?after=${body.token as string}`,
        );
        expect([read.status, read.headers.get('etag')]).toEqual([200, '"r0"']);
      }
    });

    it('tells what is wrong with its body, field by field', async () => {
      const { path, people } = kota;
      const { status, headers, body } = await people.office.command(`${path}/actions`, {
        ...plan('wrong'),
        weight: 'much',
        surprise: 1,
      });
      expect(status).toBe(400);
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(body).toMatchObject({ type: '/problems/invalid-body', status: 400, code: 'invalid-body' });
      const errors = body.errors as readonly { field: string }[];
      expect(errors.map(({ field }) => field).sort()).toEqual(['surprise', 'weight']);
    });

    it('is refused in the language that is asked for, with the rule and the field', async () => {
      const { path, people } = kota;
      const early = { ...plan('tongue'), lead: 'nobody' };
      const say = async (language: string): Promise<Record<string, string>> =>
        (await people.office.command(`${path}/actions`, early, { 'accept-language': language }))
          .body as Record<string, string>;
      const english = await say('en');
      const indonesian = await say('fr, id;q=0.9, en;q=0.5');
      expect(english).toMatchObject({ code: 'agency-not-enrolled', status: 422, field: 'lead' });
      expect(english.detail).toBe(`Agency nobody is not enrolled in the programme on ${DAYS.from}.`);
      expect(indonesian.detail).toContain('tidak terdaftar');
      const described = await people.office.get(english.type ?? '');
      expect(described.body).toMatchObject({ code: 'agency-not-enrolled', status: 422 });
    });
  });

  describe('a phase', () => {
    let fase: City;
    /** the token of its closing */
    let closing: string;
    beforeAll(async () => {
      fase = await city(running, 'fase');
    });

    it('has the revision of the stream that all phases share, for If-Match', async () => {
      const { path, people } = fase;
      const dates = {
        period: { from: DAYS.from, to: DAYS.cutOff },
        cutOff: DAYS.cutOff,
        reportDue: DAYS.late,
      };
      await people.office.accepted(`${path}/phases`, { phase: 'first', name: 'First', ...dates });
      await people.office.accepted(`${path}/phases/first/open`, {});
      const { body } = await people.office.accepted(`${path}/phases`, {
        phase: 'second',
        name: 'Second',
        ...dates,
      });
      const read = await people.office.get(`${path}/phases/first?after=${body.token as string}`);
      const ifMatch = { 'if-match': read.headers.get('etag')! };
      const closed = await people.office.command(`${path}/phases/first/close`, {}, ifMatch);
      expect(closed.status).toBe(200);
      closing = closed.body.token as string;
      const again = await people.office.command(`${path}/phases/second/open`, {}, ifMatch);
      expect(again.status).toBe(412);
    });

    it('has a seal that is known as of its closing', async () => {
      const { path, people } = fase;
      const { body: trail } = await people.auditor.get(
        `${path}/audit-trail?type=PhaseClosed&after=${closing}`,
      );
      const [entry] = trail.items;
      const phase = `${path}/phases/${entry.data.phase as string}`;
      let seal = await people.office.get(`${phase}/seals/1`);
      for (let attempt = 0; seal.status === 404 && attempt < 100; attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        seal = await people.office.get(`${phase}/seals/1`);
      }
      expect(seal.body).toMatchObject({
        index: entry.index,
        asOf: entry.recordedAt,
        closing: { id: entry.id, index: entry.index },
      });
      expect(seal.body.sealing.index).toBeGreaterThan(entry.index);
    });
  });

  describe('a question', () => {
    it('is answered once: 304 to who has the answer already', async () => {
      const { path, people } = kota;
      const { body: made } = await people.office.accepted(`${path}/actions`, plan('tagged'));
      const first = await people.office.get(`${path}/actions?after=${made.token as string}`);
      const etag = first.headers.get('etag')!;
      expect(etag.startsWith(`W/"${String(first.body.index)}-`)).toBe(true);
      const second = await people.office.get(`${path}/actions`, { 'if-none-match': etag });
      expect([second.status, second.body]).toEqual([304, '']);
      expect(first.headers.get('cache-control')).toBe('private, no-cache');
      const { body } = await people.office.accepted(`${path}/actions`, plan('tagged-2'));
      const third = await people.office.get(`${path}/actions?after=${body.token as string}`, {
        'if-none-match': etag,
      });
      expect(third.status).toBe(200);
    });

    it('of one thing is answered anew each time, since it shows more than its stream', async () => {
      const { path, people } = kota;
      const first = await people.office.get(path);
      const etag = first.headers.get('etag')!;
      expect(etag).toBe(`"r${String(first.body.revision)}"`);
      const { body } = await people.office.accepted(`${path}/phases`, {
        phase: 'one',
        name: 'One',
        period: { from: DAYS.from, to: DAYS.cutOff },
        cutOff: DAYS.cutOff,
        reportDue: DAYS.late,
      });
      const second = await people.office.get(`${path}?after=${body.token as string}`, {
        'if-none-match': etag,
      });
      expect([second.status, second.headers.get('etag')]).toEqual([200, etag]);
      expect(second.body.phases).toHaveLength(first.body.phases.length + 1);
    });

    it('refuses another rule that the programme could not have', async () => {
      const { path, people } = kota;
      const rule = {
        name: 'mine',
        counts: 'verified',
        weighting: 'equal',
        combine: 'given',
        weights: { governance: '1' },
        digits: { dimension: 0, programme: 1 },
        rounding: 'half-up',
      };
      for (const question of ['fulfilment', 'figures', 'snapshot']) {
        const asked = `${path}/${question}?rule=${encodeURIComponent(JSON.stringify(rule))}`;
        const { status, body } = await people.office.get(asked);
        expect([question, status, body.code, body.field]).toEqual([
          question,
          400,
          'invalid-params',
          'rule/weights',
        ]);
      }
    });

    it.each([
      ['/actions?colour=red', 'colour'],
      ['/actions?limit=0', 'limit'],
      ['/actions?limit=501', 'limit'],
      ['/actions?limit=1&limit=2', 'limit'],
      ['/actions?cursor=nonsense', 'cursor'],
      ['/snapshot?cutOff=2023-02-30', 'cutOff'],
      ['/snapshot?knownAt=yesterday', 'knownAt'],
      ['/snapshot?knownAt=999999', 'knownAt'],
      ['/snapshot?knownAt=2999-01-01T00:00:00Z', 'knownAt'],
      ['/snapshot?after=nonsense', 'after'],
      ['/phases?knownAt=1&x=1', 'x'],
    ])('%s is refused, and says that it is %s', async (question, field) => {
      const { status, body } = await kota.people.office.get(kota.path + question);
      expect([status, body.code, body.field]).toEqual([400, 'invalid-params', field]);
    });

    it('does not wait for the token of another installation', async () => {
      const { status, body } = await kota.people.office.get(
        `${kota.path}/snapshot?after=other-log~${kota.programme}~1`,
      );
      expect([status, body.code]).toEqual([400, 'foreign-token']);
    });

    it('is answered as it was known at any index and moment', async () => {
      const { path, people } = kota;
      const before = await people.office.accepted(`${path}/actions`, plan('past-1'));
      const known = await people.office.get(`${path}/snapshot?after=${before.body.token as string}`);
      const then = await people.office.accepted(`${path}/actions`, plan('past-2'));
      const now = await people.office.get(`${path}/snapshot?after=${then.body.token as string}`);
      const denominator = (body: { figures: { programme: { denominator: string } } }) =>
        Number(body.figures.programme.denominator);
      expect(denominator(now.body)).toBe(denominator(known.body) + 1);
      const at = await people.office.get(`${path}/snapshot?knownAt=${String(known.body.index)}`);
      expect(at.body).toEqual(known.body);
      const moment = new Date(Date.parse(then.body.recordedAt as string) - 1).toISOString();
      if (moment >= before.body.recordedAt) {
        expect((await people.office.get(`${path}/snapshot?knownAt=${moment}`)).body).toEqual(known.body);
      }
      expect(
        (await people.office.get(`${path}/snapshot?knownAt=${then.body.recordedAt as string}`)).body,
      ).toEqual(now.body);
    });

    it.each([
      ['none.2023', 403, 'not-allowed'],
      ['installation', 403, 'not-allowed'],
      ['NoName', 400, 'bad-name'],
    ])('about %s, which is no programme of the reader, is not answered', async (programme, status, code) => {
      const reply = await kota.people.office.get(`/v1/programmes/${programme}/snapshot`);
      expect([reply.status, reply.body.code]).toEqual([status, code]);
    });
  });

  describe('a request that cannot be understood', () => {
    const send = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
      kota.people.office.request('POST', `${kota.path}/actions`, {
        body,
        headers: { 'idempotency-key': randomUUID(), ...headers },
      });

    it.each([
      ['malformed JSON', '{"code": ', 400, 'malformed-body'],
      ['an empty body', '', 400, 'malformed-body'],
      ['a list', '[]', 400, 'invalid-body'],
      ['a text', '"x"', 415, 'unsupported-media-type'],
      ['a prototype', '{"__proto__": {"code": "x"}}', 400, 'malformed-body'],
      ['more than is accepted', JSON.stringify({ code: 'x'.repeat(1_100_000) }), 413, 'body-too-large'],
    ])('%s', async (_, body, status, code) => {
      const reply = await send(body);
      expect([reply.status, reply.body.code, reply.headers.get('content-type')]).toEqual([
        status,
        code,
        'application/problem+json; charset=utf-8',
      ]);
    });

    it.each([
      ['text/plain'],
      ['application/xml'],
      ['application/x-www-form-urlencoded'],
      ['application/pdf'],
    ])('a body of type %s', async (type) => {
      const reply = await send('code=x', { 'content-type': type });
      expect([reply.status, reply.body.code]).toEqual([415, 'unsupported-media-type']);
    });

    it.each([
      ['GET', '/nothing', 404, 'unknown-route'],
      ['GET', '/v1/programmes/kota.2023/nothing', 404, 'unknown-route'],
      ['PATCH', '/v1/programmes', 404, 'unknown-route'],
      ['GET', '/v1/programmes/%E0%A4%A', 400, 'bad-request'],
      ['GET', `/v1/programmes/${'x'.repeat(400)}/snapshot`, 414, 'path-too-long'],
    ])('%s %s', async (method, path, status, code) => {
      const reply = await kota.people.office.request(method, path);
      expect([reply.status, reply.body.code, reply.body.status]).toEqual([status, code, status]);
    });

    it('text that is not Unicode', async () => {
      const reply = await send(JSON.stringify(plan('x')).replace('Aksi x', '\\ud800'));
      expect([reply.status, reply.body.code]).toEqual([400, 'not-canonical']);
    });

    it('names that are none', async () => {
      const bad = await kota.people.office.command('/v1/programmes/Kota/actions', plan('x'));
      expect([bad.status, bad.body.code]).toEqual([400, 'bad-name']);
      const code = await kota.people.office.command(`${kota.path}/actions/a%20b/completions`, {
        occurredOn: DAYS.middle,
      });
      expect([code.status, code.body.code]).toEqual([400, 'bad-name']);
    });

    it('what is not HTTP at all, without falling over', async () => {
      const { port } = new URL(running.url);
      await new Promise<void>((resolve) => {
        const socket = net.connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
        socket.on('data', () => socket.end());
        socket.on('close', () => resolve());
        socket.on('error', () => resolve());
      });
      expect((await kota.anyone.get('/health/live')).status).toBe(200);
    });
  });

  it('ties a request to its events and its errors by one id', async () => {
    const { people, path } = kota;
    const id = '1f0c2a5e-7f0b-4d3c-9a58-0d9c1b2a3f4e';
    const own = { 'x-correlation-id': id };
    const refused = await people.office.command(`${path}/actions`, {}, own);
    expect([refused.headers.get('x-correlation-id'), refused.body.correlationId]).toEqual([id, id]);
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const traced = await people.office.get(`${path}/snapshot`, {
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
    });
    expect(traced.headers.get('x-correlation-id')).toBe(trace);
    for (const text of ['a b', 'permintaan-7', '3578012345678901', `${id}0`]) {
      const bad = await people.office.get(`${path}/snapshot`, { 'x-correlation-id': text });
      expect(bad.headers.get('x-correlation-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
  });

  it('takes no empty file for evidence, and attaches none that was not brought', async () => {
    const { people, path } = kota;
    const headers = { 'content-type': 'application/pdf' };
    const empty = await people.officer.request('POST', `${path}/evidence`, { headers });
    expect([empty.status, empty.body.code]).toEqual([400, 'evidence-empty']);
    const streamed = await fetch(`${people.officer.url}${path}/evidence`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${people.officer.token ?? ''}` },
      body: new ReadableStream({ start: (controller) => controller.close() }),
      duplex: 'half',
    });
    expect([streamed.status, ((await streamed.json()) as { code: string }).code]).toEqual([
      400,
      'evidence-empty',
    ]);
    await people.office.accepted(`${path}/actions`, plan('bukti-1'));
    const report = { occurredOn: DAYS.middle, quarter: QUARTER, realisation: '1' };
    const { body } = await people.officer.accepted(`${path}/actions/bukti-1/progress`, report);
    const { body: file } = await people.officer.request('POST', `${path}/evidence`, {
      headers,
      body: '%PDF-1.4',
    });
    const { digest, bytes, mediaType } = file as { digest: string; bytes: number; mediaType: string };
    const of = body.events[0].id as string;
    const attach = async (more: object): Promise<string> => {
      const sent = { of, digest, bytes, mediaType, ...more };
      const reply = await people.officer.command(`${path}/actions/bukti-1/evidence`, sent);
      return `${String(reply.status)} ${String(reply.body.code)}`;
    };
    for (const other of [{ digest: 'f'.repeat(64) }, { bytes: bytes + 1 }, { mediaType: 'image/png' }])
      expect(await attach(other)).toBe('422 evidence-unknown');
    expect(await attach({})).toBe('201 undefined');
  });

  it('grants no role to who has no open account', async () => {
    const { people, path } = kota;
    const granted = await people.office.command(`${path}/grants/u-nobody`, { role: 'auditor' });
    expect([granted.status, granted.body.code]).toEqual([422, 'subject-unknown']);
  });

  it('shows the public no past, and lets nobody wait for ever for what has not happened', async () => {
    const { anyone, people, path, operator } = kota;
    expect((await anyone.get(`${path}/phases/1/seals?knownAt=0`)).body.code).toBe('sign-in-required');
    await operator.accepted('/v1/accounts', { login: 'orang-luar', name: 'Orang Luar', password: PASSWORD });
    const stranger = await anyone.signedIn('orang-luar', PASSWORD);
    const refused = await stranger.get(`${path}/phases/1/seals?knownAt=0`);
    expect([refused.status, refused.body.code]).toEqual([403, 'not-allowed']);
    const { body } = await people.office.accepted(`${path}/actions`, plan('nanti'));
    const token = (body.token as string).replace(/[0-9]+$/, '999999999');
    const began = Date.now();
    const late = await people.office.get(`${path}/actions?after=${token}`);
    expect([late.status, late.body.code]).toEqual([503, 'view-behind']);
    expect(late.headers.get('retry-after')).not.toBeNull();
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('refuses a body that is nested without end', async () => {
    const { people, path } = kota;
    const deep = `{"role":"auditor","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const { status } = await people.office.request('POST', `${path}/grants/u-nobody`, {
      body: deep,
      headers: { 'idempotency-key': randomUUID() },
    });
    expect([400, 422]).toContain(status);
  });

  it('keeps evidence and gives it back byte for byte, as a file to be saved', async () => {
    const { people, path } = kota;
    const content = `%PDF-1.4 ${'x'.repeat(100_000)}`;
    const upload = await people.officer.request(
      'POST',
      `${path}/evidence?name=${encodeURIComponent('Bukti “Q2”.pdf')}`,
      {
        body: content,
        headers: { 'content-type': 'application/pdf' },
      },
    );
    expect(upload.body).toMatchObject({
      bytes: content.length,
      mediaType: 'application/pdf',
      name: 'Bukti “Q2”.pdf',
    });
    const { status, headers, body } = await people.verifier.get(
      `${path}/evidence/${upload.body.digest as string}`,
    );
    expect([status, body]).toEqual([200, content]);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''Bukti%20/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const script = await people.officer.request('POST', `${path}/evidence`, {
      body: '<script>',
      headers: { 'content-type': 'text/html' },
    });
    expect(script.status).toBe(415);
    expect((await people.verifier.get(`${path}/evidence/${'0'.repeat(64)}`)).status).toBe(404);
  });

  it('limits how much one account does, and says when to go on', async () => {
    const strict = await startJejak(mode, {
      environment: { JEJAK_RATE_PER_MINUTE: '5', JEJAK_EVIDENCE_BYTES: '1024' },
    });
    try {
      const seconds = 60 - new Date().getUTCSeconds();
      if (seconds < 10) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      const anyone = new Client(strict.url);
      const statuses: number[] = [];
      for (let n = 0; n < 6; n++) statuses.push((await anyone.get('/v1/programmes')).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
      expect((await anyone.get('/health/live')).status).toBe(200);
    } finally {
      await strict.stop();
      await removeData(strict);
    }
  });

  it('finishes what is under way when it is stopped, and loses nothing that it acknowledged', async () => {
    const { people, path } = kota;
    const acknowledged: { code: string; token: string }[] = [];
    let stopped: Promise<unknown> | undefined;
    const sender = async (name: string): Promise<void> => {
      for (let n = 0; ; n++) {
        const code = `stop-${name}-${String(n)}`;
        // Once the server has stopped, it cannot be reached.
        const reply = await people.office.command(`${path}/actions`, plan(code)).catch(() => undefined);
        if (reply === undefined) return;
        expect(reply.status).toBe(201);
        acknowledged.push({ code, token: reply.body.token as string });
        if (acknowledged.length >= 50) stopped ??= running.stop('SIGTERM');
      }
    };
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(sender));
    expect(await stopped).toBe(0);
    running = await startJejak(mode, { directory: running.directory });
    const office = await new Client(running.url).signedIn('kota-office', 'kata-sandi-uji');
    for (const { code, token } of acknowledged) {
      expect((await office.get(`${path}/actions/${code}?after=${token}`)).status).toBe(200);
    }
  });

  it('never logs a secret', () => {
    expect(running.output()).not.toMatch(/operator-of-tests|kata-sandi-uji|eyJ/);
  });
});

/** A header that fetch accepts: bytes beyond ASCII go as Latin-1. */
function encodeHeader(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
