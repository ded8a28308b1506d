import { serverLacks } from '../support/servers';
import { Collector, type Collected } from '../support/collector';
import { needs } from '../support/needs';
import { type City, city, DAYS, PASSWORD, plan } from './support/city';
import { Client } from './support/client';
import {
  mode,
  openHere,
  type ProgramName,
  removeData,
  type Running,
  startJejak,
} from './support/start-jejak';

jest.setTimeout(120_000);

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${CALLER}-01`;
const sealTrace = TRACE.replace(/^4/, '5');

const lacking = (['kafka', 'mongodb'] as const).map(serverLacks).find((each) => each !== undefined);

/** Both modes in one run: what is watched passes through every program. */
const suites: [name: typeof mode, describes: (title: string, suite: () => void) => void][] = [
  ['distributed', needs('kafka', lacking === undefined, lacking ?? '')],
];
if (mode === 'embedded') suites.unshift(['embedded', describe]);

for (const [running, describes] of suites) describes(`what is watched, ${running}`, () => suite(running));

function suite(inMode: typeof mode): void {
  let collector: Collector;
  let running: Running;
  let kota: City;
  let completed: string;
  const programs: ProgramName[] = inMode === 'embedded' ? ['api'] : ['api', 'relay', 'worker'];

  beforeAll(async () => {
    collector = await Collector.start();
    const environment = {
      JEJAK_HEALTH_PORT: '0',
      JEJAK_LOG_LEVEL: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    };
    running = await startJejak(inMode, { environment });
    kota = await city(running, 'kota');
  });
  afterAll(async () => {
    await running.stop();
    await removeData(running);
    await collector.stop();
  });

  /** The health server's address, as the program printed it. */
  const health = (program: ProgramName): string =>
    /its? (?:of its )?health (?:is told )?on (http:\S+)/i.exec(running.printed()[program] ?? '')?.[1] ?? '';
  const metrics = async (program: ProgramName): Promise<string> =>
    (await fetch(`${health(program)}/metrics`)).text();
  const named = (spans: readonly Collected[], name: string): Collected => {
    const found = spans.find((span) => span.name === name);
    if (found === undefined) throw new Error(`no span ${name}: ${spans.map((span) => span.name).join()}`);
    return found;
  };

  it('shows one trace from the request to the view', async () => {
    const { path, people } = kota;
    await people.office.accepted(`${path}/actions`, plan('A-1'));
    const receipt = await people.officer.accepted(
      `${path}/actions/A-1/completions`,
      { occurredOn: DAYS.middle },
      { traceparent, 'idempotency-key': 'complete' },
    );
    completed = receipt.body.events[0].id as string;
    await people.officer.get(`${path}/snapshot?after=${receipt.body.token}`);
    const steps = ['append', 'fold views', 'run processes', 'CompleteAction'];
    if (inMode === 'distributed') steps.push('publish');
    const spans = await eventually(() => {
      const found = collector.of(TRACE);
      return steps.every((step) => found.some(({ name }) => name === step)) && found;
    });
    const request = named(spans, 'POST /v1/programmes/:programme/actions/:action/completions');
    expect(request).toMatchObject({ parentSpanId: CALLER, service: 'jejak-api' });
    expect(request.attributes).toMatchObject({ 'http.response.status_code': 201 });
    const command = named(spans, 'CompleteAction');
    expect(command.parentSpanId).toBe(request.spanId);
    expect(command.attributes).toMatchObject({ 'jejak.stream': `action-${kota.programme}.a-1` });
    for (const step of steps.filter((each) => each !== 'CompleteAction'))
      expect(named(spans, step).parentSpanId).toBe(command.spanId);
    expect(named(spans, 'fold views')).toMatchObject({
      service: 'jejak-worker',
      attributes: { 'jejak.event.id': completed, 'jejak.event.type': 'ActionCompleted' },
    });
    if (inMode === 'distributed') expect(named(spans, 'publish').service).toBe('jejak-relay');
  });

  it('repeats a command without another trace in its events, though the request has one', async () => {
    const other = '00-aaf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const again = await kota.people.officer.accepted(
      `${kota.path}/actions/A-1/completions`,
      { occurredOn: DAYS.middle },
      { traceparent: other, 'idempotency-key': 'complete' },
    );
    expect(again.body.events[0].id).toBe(completed);
    const spans = await eventually(() => {
      const found = collector.of('aaf92f3577b34da6a3ce929d0e0e4736');
      return found.some(({ name }) => name.startsWith('POST')) && found;
    });
    expect(named(spans, 'CompleteAction').attributes['jejak.repeated']).toBe('true');
    expect(spans.some(({ name }) => name === 'append')).toBe(false);
  });

  it('goes on with the command of a process, in the trace of what it answers', async () => {
    const { path, people } = kota;
    const dates = { period: { from: DAYS.from, to: DAYS.cutOff }, cutOff: DAYS.cutOff, reportDue: DAYS.late };
    await people.office.accepted(`${path}/phases`, { phase: '1', name: 'Fase I', ...dates });
    await people.office.accepted(`${path}/phases/1/open`, {});
    const traced = traceparent.replace(TRACE, sealTrace);
    await people.office.accepted(`${path}/phases/1/close`, {}, { traceparent: traced });
    const spans = await eventually(() => {
      const found = collector.of(sealTrace);
      const folded = found.filter(({ name }) => name === 'fold views');
      return folded.some(({ attributes }) => attributes['jejak.event.type'] === 'PhaseSealed') && found;
    });
    const seal = named(spans, 'SealPhase');
    expect(seal.service).toBe(inMode === 'embedded' ? 'jejak-api' : 'jejak-worker');
    expect(seal.parentSpanId).toBe(named(spans, 'ClosePhase').spanId);
  });

  it('begins a trace where the caller names none, or none that is valid; questions have one, too', async () => {
    await kota.people.office.get(`${kota.path}/snapshot`, {
      traceparent: `00-${'0'.repeat(32)}-${CALLER}-01`,
    });
    const found = await eventually(() =>
      collector.all.find(({ name }) => name === 'GET /v1/programmes/:programme/snapshot' && name),
    );
    const asked = collector.all.filter(({ name }) => name === found.name).at(-1);
    expect(asked?.parentSpanId ?? '').toBe('');
    expect(asked?.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  });

  it('says of each program whether it is alive, and whether it is ready', async () => {
    for (const program of programs) {
      const live = await fetch(`${health(program)}/health/live`);
      expect([program, live.status, await live.json()]).toEqual([program, 200, { status: 'ok' }]);
      const ready = await fetch(`${health(program)}/health/ready`);
      expect(await ready.json()).toMatchObject({
        status: 'ready',
        ...{
          api: { log: { writes: true }, stores: { answers: true }, worker: { state: 'ready' } },
          relay: { turn: 'active' },
          worker: {
            ...{ worker: { state: 'ready' }, groups: { views: true, processes: true, commands: true } },
            ...{ stores: { answers: true }, stopped: [], stoppedProcesses: [] },
          },
        }[program],
      });
      expect((await fetch(`${health(program)}/v1/programmes`)).status).toBe(404);
      expect((await fetch(`${health(program)}/health/live`, { method: 'POST' })).status).toBe(404);
    }
    expect((await fetch(`${running.url}/metrics`)).status).toBe(404);
  });

  it('measures what each program does, and names no programme and nobody', async () => {
    const bad = { occurredOn: '1999-01-01' };
    const refused = await kota.people.officer.command(`${kota.path}/actions/A-1/completions`, bad);
    expect(refused.status).toBe(422);
    const api = await metrics('api');
    const value = (text: string, line: string): number =>
      Number(new RegExp(`^${line.replace(/[{}/+.]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
    expect(value(api, 'jejak_commands_total{outcome="accepted"}')).toBeGreaterThan(10);
    expect(value(api, 'jejak_commands_total{outcome="repeated"}')).toBe(1);
    expect(value(api, 'jejak_commands_total{outcome="refused"}')).toBe(1);
    expect(value(api, `jejak_command_refusals_total{code="${refused.body.code as string}"}`)).toBe(1);
    expect(value(api, 'jejak_append_duration_seconds_count{outcome="appended"}')).toBeGreaterThan(10);
    const route = 'method="POST",route="/v1/programmes/:programme/actions/:action/completions"';
    expect(value(api, `jejak_http_request_duration_seconds_count{${route},status="201"}`)).toBe(2);
    expect(value(api, `jejak_http_request_duration_seconds_count{${route},status="422"}`)).toBe(1);
    const lagging = inMode === 'embedded' ? api : await metrics('worker');
    expect(value(lagging, 'jejak_view_lag_events{view="fulfilment"}')).toBe(0);
    expect(value(lagging, 'jejak_process_stopped_programmes{process="seal-phase"}')).toBe(0);
    expect(value(lagging, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    if (inMode === 'distributed') {
      const [relay, worker] = [await metrics('relay'), await metrics('worker')];
      expect(value(relay, 'jejak_relay_active')).toBe(1);
      expect(value(relay, 'jejak_relay_lag_events')).toBe(0);
      expect(value(relay, 'jejak_relay_events_total')).toBeGreaterThan(10);
      expect(value(relay, 'jejak_relay_delay_seconds_count')).toBeGreaterThan(0);
      expect(value(worker, 'jejak_group_member{group="views"}')).toBe(1);
      expect(worker).toMatch(/^jejak_partition_lag_messages\{group="views",partition="\d"\} 0$/m);
      expect(value(worker, 'jejak_consumed_events_total{group="processes"}')).toBeGreaterThan(10);
      expect(value(worker, 'jejak_unreadable_messages_total')).toBe(0);
      expect(value(worker, 'jejak_commands_total{outcome="accepted"}')).toBe(1);
    }
    for (const program of programs) {
      const text = await metrics(program);
      for (const name of ['kota', 'officer', 'Operator', kota.people.office.subject])
        expect(text).not.toContain(name);
    }
  });

  it('prints a line for each request that ties it to its trace, and no password, token, login or name', async () => {
    const anyone = new Client(running.url);
    const secrets = ['sandi-yang-salah', 'login-tak-dikenal', 'Bukan Nama', 'rahasia-kunci'];
    const [password, login, name, key] = secrets as [string, string, string, string];
    await anyone.request('POST', '/v1/session', { body: { login, password } });
    await anyone.request('POST', '/v1/session', { body: `{"login":"${login}","password":"${password}"` });
    await anyone.request('POST', `/v1/session?password=${password}`, { body: { login, password } });
    await anyone.get(`/v1/${login}/${password}`);
    await new Client(running.url, `eyJhbGciOiJFZERTQSJ9.${key}.${password}`).get('/v1/me');
    await kota.operator.command('/v1/accounts', { login, name, password }, { 'idempotency-key': key });
    await kota.operator.command('/v1/accounts', { login, name, password }, { 'idempotency-key': `${key}-2` });
    const linesOf = (program: ProgramName): readonly Record<string, unknown>[] =>
      (running.printed()[program] ?? '')
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    if (inMode === 'distributed') {
      const sealed = linesOf('worker').find(({ type }) => type === 'SealPhase');
      const ties = { correlationId: sealTrace, traceId: sealTrace };
      expect(sealed).toMatchObject({ msg: 'command', outcome: 'accepted', ...ties });
    }
    const traced = linesOf('api').find(
      ({ path, status }) => status === 201 && String(path).endsWith('/A-1/completions'),
    );
    expect(traced).toMatchObject({ method: 'POST', correlationId: TRACE, traceId: TRACE, msg: 'request' });
    const people = Object.values(kota.people).map(({ token }) => token ?? 'none');
    const logins = ['kota-officer', 'officer of kota', PASSWORD, running.operator.password];
    for (const program of programs) {
      const text = running.printed()[program] ?? '';
      const told = [...secrets, ...people, ...logins].filter((secret) => text.includes(secret));
      expect([program, told]).toEqual([program, []]);
    }
  });

  it('keeps in the events the trace of their command, and nothing where there was none', async () => {
    await running.stop();
    const jejak = await openHere(running.directory);
    try {
      const traces = new Map<string, string | undefined>();
      for await (const page of jejak.log.readProgramme(kota.programme, 0)) {
        for (const { event } of page) traces.set(event.type, event.meta.traceparent);
      }
      const command = named(collector.of(TRACE), 'CompleteAction');
      expect(traces.get('ActionCompleted')).toBe(`00-${TRACE}-${command.spanId}-01`);
      expect(traces.get('PhaseSealed')).toContain(`00-${sealTrace}-`);
      expect(traces.get('ActionPlanned')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    } finally {
      await jejak.close();
    }
  });
}

async function eventually<T>(look: () => T | false | undefined): Promise<T> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const found = look();
    if (found !== false && found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come');
}
