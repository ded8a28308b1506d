import type { CommandMessage, CommandOutcome } from '@jejak/adapters/kafka';
import { INSTALLATION, LogUnavailable, streamName } from '@jejak/core';
import { randomUUID } from 'node:crypto';
import { AGENCY, CITY, disbursement, lineCode, TreasuryCity } from '../../../../test/support/treasury-city';
import { carryOut } from './commands';

const LINE = lineCode(0);
const STREAM = streamName('budget', CITY, LINE);
const SOURCE = 'the-log';

interface Said {
  readonly command: { readonly id: string; readonly key?: string };
  readonly receipt?: { readonly events: readonly { readonly id: string }[] };
  readonly problem?: {
    readonly status: number;
    readonly code: string;
    readonly field?: string;
    readonly detail: { readonly en: string; readonly id: string };
    readonly errors?: readonly { field: string; message: { en: string; id: string } }[];
  };
  readonly correlationId: string;
}

describe('a command in a message', () => {
  let city: TreasuryCity;
  let token: string;

  beforeAll(async () => {
    city = await TreasuryCity.open(2);
    token = await city.token();
  });
  afterAll(async () => {
    await city.close();
  });
  afterEach(() => {
    city.shift = 0;
  });

  const bodyOf = (body: unknown): Buffer =>
    Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

  /** A disbursement as its sender puts it into a message, with some headers otherwise, or left out. */
  const message = (
    body: unknown = disbursement(1),
    headers: Readonly<Record<string, string | undefined>> = {},
  ): CommandMessage => {
    const all: Record<string, string | undefined> = {
      ...{ ce_specversion: '1.0', ce_id: randomUUID(), ce_source: 'treasury', ce_type: 'DisburseBudget' },
      ...{ ce_subject: STREAM, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      authorization: `Bearer ${token}`,
      ...headers,
    };
    const given = Object.entries(all).filter((each): each is [string, string] => each[1] !== undefined);
    return { headers: Object.fromEntries(given), body: bodyOf(body), handedIn: Date.now() };
  };
  const carry = (given: CommandMessage, attempt = 0): Promise<CommandOutcome> =>
    carryOut(city.jejak, SOURCE, given, attempt);
  const said = ({ answer }: CommandOutcome): Said => JSON.parse(answer?.text ?? '{}') as Said;
  const events = async (): Promise<number> => (await city.jejak.log.head(CITY))?.index ?? -1;

  it('is carried out, and answered with its receipt under its id and key', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const sent = message(disbursement(100), { ce_id: 'sp2d-100', 'idempotency-key': 'k-100', traceparent });
    const outcome = await carry(sent);
    expect(outcome).toMatchObject({ isFinal: true, answer: { key: 'sp2d-100' } });
    expect(outcome.unreadable).toBeUndefined();
    expect(outcome.answer?.headers).toMatchObject({
      ...{ ce_specversion: '1.0', ce_source: SOURCE, ce_type: 'CommandAccepted', ce_commandid: 'sp2d-100' },
      ...{ 'content-type': 'application/json', 'idempotency-key': 'k-100', traceparent },
    });
    expect(said(outcome)).toMatchObject({
      command: { id: 'sp2d-100', source: 'treasury', type: 'DisburseBudget', key: 'k-100' },
      receipt: { stream: STREAM, events: [{ type: 'BudgetDisbursed' }] },
      correlationId: '4bf92f3577b34da6a3ce929d0e0e4736',
    });
    const stored = await city.jejak.log.readStream(STREAM);
    expect(stored.at(-1)?.event.meta).toMatchObject({
      actor: { subject: 'u-treasury', role: 'officer', agency: AGENCY },
      ...{ correlationId: '4bf92f3577b34da6a3ce929d0e0e4736', traceparent },
    });
  });

  it('belongs to no trace where its traceparent names none', async () => {
    const traceparent = `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`;
    await carry(message(disbursement(99), { traceparent }));
    expect((await city.jejak.log.readStream(STREAM)).at(-1)?.event.meta).not.toHaveProperty('traceparent');
  });

  it('that comes again is answered with the same bytes, and adds nothing', async () => {
    const sent = message(disbursement(101));
    const first = await carry(sent);
    const before = await events();
    expect(await carry(sent)).toEqual(first);
    expect(await events()).toBe(before);
  });

  it('is the same command as over HTTP', async () => {
    const sent = message(disbursement(102), { 'idempotency-key': 'k-102' });
    const { receipt } = said(await carry(sent));
    const api = await city.api();
    const response = await api.inject({
      method: 'POST',
      url: `/v1/programmes/${CITY}/budget-lines/${LINE}/disbursements`,
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k-102' },
      payload: disbursement(102),
    });
    expect(response.statusCode).toBe(201);
    expect(response.json()).toEqual(receipt);
  });

  const other = streamName('budget', CITY, 'not-there');
  const at = (line: string, route: string): string => `budget-lines/${line}/${route}`;
  const plan = { months: [{ month: '2023-01', cumulative: 1, physical: '1' }], effectiveOn: '2023-01-02' };
  const refusals: readonly [
    title: string,
    status: number,
    code: string,
    body: unknown,
    headers: Readonly<Record<string, string | undefined>>,
    route: string,
  ][] = [
    [
      'a rule refuses',
      422,
      'line-not-allocated',
      disbursement(2),
      { ce_subject: other },
      at('not-there', 'disbursements'),
    ],
    ['does not fit', 400, 'invalid-body', { amount: 'much', extra: 1 }, {}, at(LINE, 'disbursements')],
    ['its roles do not allow', 403, 'not-allowed', plan, { ce_type: 'PlanBudget' }, at(LINE, 'plan')],
    [
      'was meant for another revision',
      412,
      'revision-mismatch',
      disbursement(3),
      { 'if-match': '"r0"' },
      at(LINE, 'disbursements'),
    ],
    [
      'has a weak tag',
      412,
      'revision-mismatch',
      disbursement(3),
      { 'if-match': 'W/"1"' },
      at(LINE, 'disbursements'),
    ],
    ['is no JSON', 400, 'malformed-body', '{"amount":', {}, at(LINE, 'disbursements')],
    [
      'holds what is no Unicode',
      400,
      'not-canonical',
      '{"amount":1,"x":"\\ud800"}',
      {},
      at(LINE, 'disbursements'),
    ],
    [
      'is of no media type of ours',
      415,
      'unsupported-media-type',
      'a: 1',
      { 'content-type': 'text/yaml' },
      at(LINE, 'disbursements'),
    ],
    [
      'has no key',
      400,
      'idempotency-key-missing',
      disbursement(4),
      { 'idempotency-key': undefined },
      at(LINE, 'disbursements'),
    ],
    [
      'has a key that is none',
      400,
      'idempotency-key-missing',
      disbursement(4),
      { 'idempotency-key': 'a b' },
      at(LINE, 'disbursements'),
    ],
    [
      'has a key of another command',
      422,
      'idempotency-key-reused',
      disbursement(5),
      { 'idempotency-key': 'k-102' },
      at(LINE, 'disbursements'),
    ],
    [
      'has no token',
      401,
      'sign-in-required',
      disbursement(6),
      { authorization: undefined },
      at(LINE, 'disbursements'),
    ],
    [
      'has a token that is none',
      401,
      'token-invalid',
      disbursement(6),
      { authorization: 'Bearer x.y.z' },
      at(LINE, 'disbursements'),
    ],
  ];

  it.each(refusals)(
    'that %s is refused with %i %s, as over HTTP, in both languages',
    async (_, status, code, body, headers, route) => {
      const sent = message(body, headers);
      const before = await events();
      const { problem } = said(await carry(sent));
      expect(await events()).toBe(before);
      expect(problem).toMatchObject({ status, code });
      const api = await city.api();
      const { authorization, 'content-type': type, 'idempotency-key': key, 'if-match': tag } = sent.headers;
      for (const language of ['en', 'id'] as const) {
        const response = await api.inject({
          method: 'POST',
          url: `/v1/programmes/${CITY}/${route}`,
          headers: {
            ...{ 'content-type': type, 'accept-language': language },
            ...(authorization !== undefined && { authorization }),
            ...(key !== undefined && { 'idempotency-key': key }),
            ...(tag !== undefined && { 'if-match': tag }),
          },
          payload: sent.body,
        });
        const document = response.json<{ errors?: readonly { field: string; message: string }[] }>();
        expect({ status, code, detail: problem?.detail[language], field: problem?.field }).toEqual({
          status: response.statusCode,
          code: (document as { code?: string }).code,
          detail: (document as { detail?: string }).detail,
          field: (document as { field?: string }).field,
        });
        expect(problem?.errors?.map((each) => ({ ...each, message: each.message[language] }))).toEqual(
          document.errors,
        );
      }
    },
  );

  it('that would replace what is there needs the revision that its sender has seen, as over HTTP', async () => {
    await city.account('secretariat', 'service', { role: 'office' });
    const authorization = `Bearer ${await city.token('secretariat')}`;
    const revised = { stage: 'perubahan', ceiling: 1e12, actions: [], effectiveOn: '2023-05-05' };
    const headers = {
      ...{ ce_type: 'ReviseBudget', authorization },
      ce_subject: streamName('budget', CITY, lineCode(1)),
    };
    expect(said(await carry(message(revised, headers))).problem).toMatchObject({
      ...{ status: 428, code: 'precondition-required' },
    });
    const seen = await carry(message(revised, { ...headers, 'if-match': '"r0"' }));
    expect(said(seen).receipt?.events).toHaveLength(1);
  });

  it.each([
    ['has no id', { ce_id: undefined }],
    ['has an id that cannot be given back', { ce_id: 'two words' }],
    ['has an id that is too long', { ce_id: 'x'.repeat(201) }],
  ])('that %s cannot be answered, and is kept aside', async (_, headers) => {
    const outcome = await carry(message(disbursement(7), headers));
    expect(outcome).toEqual({ unreadable: 'not-a-cloud-event', isFinal: true });
  });

  it.each([
    ['has no source', 'not-a-cloud-event', { ce_source: undefined }],
    ['has no type', 'not-a-cloud-event', { ce_type: undefined }],
    ['is of another version', 'not-a-cloud-event', { ce_specversion: '2.0' }],
    ['names no stream', 'not-a-cloud-event', { ce_subject: undefined }],
    ['names what is no stream', 'bad-name', { ce_subject: 'budget/beban.2023/x' }],
    ['is of a kind that there is not', 'unknown-command', { ce_subject: `weather-${CITY}.main` }],
    ['is of a type that there is not', 'unknown-command', { ce_type: 'constructor' }],
    [
      'is of the installation',
      'unknown-command',
      { ce_type: 'OpenAccount', ce_subject: `account-${INSTALLATION}.u-x` },
    ],
    ['has no token', 'sign-in-required', { authorization: undefined }],
    ['has no key', 'idempotency-key-missing', { 'idempotency-key': undefined }],
    [
      'is of no media type of ours',
      'unsupported-media-type',
      { 'content-type': 'application/cloudevents+json' },
    ],
  ])('that %s is answered and kept aside: %s', async (_, code, headers) => {
    const outcome = await carry(message(disbursement(8), headers));
    expect(outcome).toMatchObject({ unreadable: code, isFinal: true });
    expect(said(outcome).problem).toMatchObject({ code });
  });

  it('that is larger than a body may be is answered and kept aside', async () => {
    const outcome = await carry(message(Buffer.alloc(city.jejak.config.bodyBytes + 1, 0x20)));
    expect(outcome).toMatchObject({ unreadable: 'body-too-large' });
    expect(said(outcome).problem).toMatchObject({ status: 413 });
  });

  it('of 300 KiB is refused, in an answer that fits into a message', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`field-${String(n)}`, 1]));
    const long = { ...disbursement(9), [`"${'é'.repeat(100_000)}`]: 1 };
    const deep = { ...disbursement(9), document: Array.from({ length: 20_000 }, () => ({ kind: 1 })) };
    for (const body of [many, long, deep]) {
      const { answer, unreadable } = await carry(message(body));
      expect(unreadable).toBeUndefined();
      expect(JSON.parse(answer?.text ?? '')).toMatchObject({ problem: { code: 'invalid-body' } });
      expect(Buffer.byteLength(answer?.text ?? '')).toBeLessThan(128 * 1024);
    }
  });

  describe('and who sent it', () => {
    const refusedAccess = async (): Promise<number> =>
      (await city.jejak.credentials.accessLog({ limit: 100 })).filter(({ kind }) => kind === 'refused')
        .length;

    it('is a service: a person’s token is refused, and that is written down for the auditor', async () => {
      const before = await refusedAccess();
      const person = `Bearer ${await city.token('person')}`;
      const outcome = await carry(message(disbursement(10), { authorization: person }));
      expect(said(outcome).problem).toMatchObject({ status: 403, code: 'not-a-service' });
      expect(outcome.unreadable).toBeUndefined();
      const [entry] = await city.jejak.credentials.accessLog({ limit: 1 });
      expect(entry).toMatchObject({
        kind: 'refused',
        subject: 'u-person',
        programme: CITY,
        detail: 'DisburseBudget',
      });
      expect(await refusedAccess()).toBe(before + 1);
    });

    it('is written down for the auditor where his roles do not allow it', async () => {
      const before = await refusedAccess();
      const stranger = `Bearer ${await city.token('stranger')}`;
      const outcome = await carry(message(disbursement(11), { authorization: stranger }));
      expect(said(outcome).problem).toMatchObject({ status: 403, code: 'not-allowed' });
      expect(await refusedAccess()).toBe(before + 1);
    });

    it('may act for his own agency only', async () => {
      await city.give('EnrolAgency', streamName('programme', CITY), {
        ...{ agency: 'dinkes', name: 'Dinas Kesehatan', effectiveOn: '2023-01-01' },
      });
      await city.account('hospital', 'service', { role: 'officer', agency: 'dinkes' });
      const hospital = `Bearer ${await city.token('hospital')}`;
      const outcome = await carry(message(disbursement(12), { authorization: hospital }));
      expect(said(outcome).problem).toMatchObject({ status: 422, code: 'not-your-agency' });
    });

    it('is never taken from the body', async () => {
      const actor = { subject: 'u-office', role: 'office' };
      expect(said(await carry(message({ ...disbursement(13), actor }))).problem).toMatchObject({
        ...{ code: 'invalid-body', field: 'actor' },
      });
    });

    it('had a token that was good when the message was handed in, however long it waited', async () => {
      const sent = message(disbursement(14));
      city.shift = 3_600_000;
      expect(said(await carry(sent)).receipt?.events).toHaveLength(1);
      // Where the broker does not say when that was, the moment that counts is now.
      const unsaid = { ...message(disbursement(15)), handedIn: undefined };
      expect(said(await carry(unsaid)).problem).toMatchObject({ status: 401, code: 'token-expired' });
    });

    it('had a token that had expired when the message was handed in: it is refused', async () => {
      city.shift = -3_600_000;
      const old = `Bearer ${await city.token()}`;
      city.shift = 0;
      const sent = message(disbursement(16), { authorization: old });
      expect(said(await carry(sent)).problem).toMatchObject({ status: 401, code: 'token-expired' });
      // A time to come proves nothing.
      const future = { ...sent, handedIn: Date.now() + 86_400_000 };
      expect(said(await carry(future)).problem).toMatchObject({ code: 'token-expired' });
    });

    it('has signed out, or his account was closed, while the message waited: it is refused', async () => {
      const mine = await city.token('stranger');
      const sent = message(disbursement(17), { authorization: `Bearer ${mine}` });
      await city.jejak.identity.endAll('u-stranger');
      expect(said(await carry(sent)).problem).toMatchObject({ status: 401, code: 'token-invalid' });

      const again = message(disbursement(18), { authorization: `Bearer ${await city.token('stranger')}` });
      await city.give('CloseAccount', streamName('account', INSTALLATION, 'u-stranger'), {});
      expect(said(await carry(again)).problem).toMatchObject({ status: 401, code: 'token-invalid' });
    });
  });

  describe('that meets trouble', () => {
    const failing = (error: Error): typeof city.jejak => ({
      ...city.jejak,
      commands: Object.assign(Object.create(city.jejak.commands) as typeof city.jejak.commands, {
        run: () => Promise.reject(error),
      }),
    });

    it.each(['log-unavailable', 'outcome-unknown', 'contention', 'storage-unavailable'])(
      'of the moment (%s) is tried again, for ever',
      async (code) => {
        const error =
          code === 'log-unavailable' ? new LogUnavailable('x') : Object.assign(new Error(), { code });
        const given = message(disbursement(19));
        for (const attempt of [0, 1_000])
          await expect(carryOut(failing(error), SOURCE, given, attempt)).rejects.toBe(error);
      },
    );

    it('of an identity provider is tried a number of times, then answered: anyone can claim to be of it', async () => {
      const error = Object.assign(new Error(), { code: 'provider-unavailable' });
      const given = message(disbursement(22));
      await expect(carryOut(failing(error), SOURCE, given, 19)).rejects.toBe(error);
      const outcome = await carryOut(failing(error), SOURCE, given, 20);
      expect(said(outcome).problem).toMatchObject({ status: 503, code: 'provider-unavailable' });
      expect(outcome.unreadable).toBeUndefined();
    });

    it('that nobody knows is tried a number of times, then answered and kept aside', async () => {
      const error = new Error('password of the database');
      const given = message(disbursement(20));
      await expect(carryOut(failing(error), SOURCE, given, 19)).rejects.toBe(error);
      const outcome = await carryOut(failing(error), SOURCE, given, 20);
      expect(outcome).toMatchObject({ unreadable: 'internal', isFinal: false });
      expect(said(outcome).problem).toMatchObject({ status: 500, code: 'internal' });
      expect(outcome.answer?.text).not.toContain('password');
    });

    it('of the software’s own is answered and kept aside at once', async () => {
      const outcome = await carryOut(failing(new TypeError('x')), SOURCE, message(disbursement(21)), 0);
      expect(outcome).toMatchObject({ unreadable: 'internal', isFinal: false });
    });
  });
});
