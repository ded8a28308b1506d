import { city, DAYS, PASSWORD } from './support/city';
import { Client, type Reply } from './support/client';
import { mode, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(60_000);

/*
 * The clock cannot be driven from outside, but it looks at once when the worker begins, and a finding of last year may
 * be recorded today: what was due then is overdue at the next start.
 */
describe(`an answer that is overdue, ${mode}`, () => {
  let running: Running;
  beforeAll(async () => {
    running = await startJejak(mode);
  });
  afterAll(async () => {
    await running.stop();
    await removeData(running);
  });

  const restarted = async (login: string): Promise<Client> => {
    expect(await running.stop()).toBe(0);
    running = await startJejak(mode, { directory: running.directory });
    return new Client(running.url).signedIn(login, PASSWORD);
  };

  it('is reminded of once; what is due later, or answered, is not', async () => {
    const { path, people } = await city(running, 'ingat');
    const period = { from: DAYS.from, to: DAYS.cutOff };
    const dates = { cutOff: DAYS.cutOff, reportDue: DAYS.late };
    await people.office.accepted(`${path}/phases`, { phase: 'I', name: 'Fase I', period, ...dates });
    const text = { title: 'Belum lengkap', description: 'Bukti belum lengkap', recommendation: 'Lengkapi' };
    const raise = (code: string, more: object) =>
      people.evaluator.accepted(`${path}/findings`, {
        ...{ code, phase: 'I', agency: 'diskominfo', occurredOn: DAYS.middle, ...text },
        ...more,
      });
    await raise('F-1', {});
    await raise('F-2', { dueOn: DAYS.to.replace(/^\d+/, (year) => String(Number(year) + 1)) });
    await raise('F-3', {});
    const answer = { occurredOn: DAYS.late, answer: 'Bukti sudah dilengkapi.' };
    const last = await people.officer.accepted(`${path}/findings/F-3/answers`, answer);
    expect((await people.evaluator.get(`${path}/findings?after=${last.body.token}`)).status).toBe(200);

    const reminders = async (asker: Client): Promise<Record<string, number>> => {
      const { body }: Reply = await asker.get(`${path}/findings`);
      return Object.fromEntries(
        (body.items as { code: string; reminders: number }[]).map((each) => [each.code, each.reminders]),
      );
    };
    expect(await reminders(people.evaluator)).toEqual({ 'F-1': 0, 'F-2': 0, 'F-3': 0 });

    let evaluator = await restarted('ingat-evaluator');
    for (let n = 0; n < 100 && (await reminders(evaluator))['F-1'] === 0; n++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await reminders(evaluator)).toEqual({ 'F-1': 1, 'F-2': 0, 'F-3': 0 });
    const { body } = await evaluator.get(`${path}/findings/F-1`);
    expect(body.reminders).toHaveLength(1);

    evaluator = await restarted('ingat-evaluator');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await reminders(evaluator)).toEqual({ 'F-1': 1, 'F-2': 0, 'F-3': 0 });
    expect((await evaluator.get('/health/ready')).body).toMatchObject({
      status: 'ready',
      stopped: [],
      stoppedProcesses: [],
    });
  });
});
