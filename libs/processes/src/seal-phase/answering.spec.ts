import { CommandRunner, ProcessRunner, type ProgrammeEvent, streamName, type ViewStore } from '@jejak/core';
import { MemoryLog, MemoryViewStore } from '@jejak/core/testing';
import { catalogue, deciders } from '@jejak/domain';
import { MerkleTree } from '@jejak/ledger';
import { sealPhase } from './seal-phase';

const P = 'kota.2023';
const PHASE = streamName('phase', P);
const OFFICE = { subject: 'u-office', role: 'office' };
const DINAS = { subject: 'u-dinas', role: 'officer', agency: 'dinas' };
const VERIFIER = { subject: 'u-verifier', role: 'verifier' };

/** A programme with two actions, one of them completed and verified before the cut-off, and its phase closed. */
class City {
  readonly log = new MemoryLog(() => this.now);
  now = Date.parse('2023-07-10T03:00:00.000Z');
  readonly commands = new CommandRunner({ log: this.log, deciders, catalogue, clock: () => this.now });
  private keys = 0;

  async give(actor: typeof OFFICE, stream: string, type: string, body: object): Promise<string> {
    const key = `k${String(this.keys++)}`;
    const receipt = await this.commands.run({
      ...{ actor, stream, type, body: body as never, key, correlationId: key },
    });
    return receipt.events[0]?.id ?? '';
  }

  async complete(code: string, occurredOn: string): Promise<void> {
    const stream = streamName('action', P, code);
    const of = await this.give(DINAS, stream, 'CompleteAction', { occurredOn, reason: 'by letter' });
    await this.give(VERIFIER, stream, 'VerifyCompletion', { of });
  }

  async closed(): Promise<void> {
    const programme = streamName('programme', P);
    await this.give(OFFICE, programme, 'EstablishProgramme', {
      ...{ name: 'Kota', from: '2023-01-01', to: '2023-12-31', timeZone: 'Asia/Jakarta', legalBasis: [] },
      dimensions: [{ code: 'g', name: 'G' }],
    });
    const enrolment = { agency: 'dinas', name: 'Dinas', effectiveOn: '2023-01-01' };
    await this.give(OFFICE, programme, 'EnrolAgency', enrolment);
    for (const code of ['a-1', 'a-2']) {
      await this.give(OFFICE, streamName('action', P, code), 'PlanAction', {
        ...{ code, effectiveOn: '2023-01-01', title: code, kind: 'action', dimension: 'g', weight: '1' },
        ...{ lead: 'dinas', supporting: [] },
        targets: { unit: 'x', quarters: [{ quarter: '2023-Q2', target: '1' }] },
      });
    }
    await this.complete('a-1', '2023-05-01');
    const dates = { cutOff: '2023-06-30', reportDue: '2023-07-05' };
    const period = { from: '2023-01-01', to: '2023-06-30' };
    await this.give(OFFICE, PHASE, 'SchedulePhase', { phase: 'I', name: 'Satu', period, ...dates });
    await this.give(OFFICE, PHASE, 'OpenPhase', { phase: 'I' });
    await this.give(OFFICE, PHASE, 'ClosePhase', { phase: 'I' });
  }

  /** Hands what is in the log to the process, as after a start; `store` says how far it had come. */
  async drain(store: ViewStore = new MemoryViewStore()): Promise<void> {
    const submit: CommandRunner['run'] = (each) => this.commands.run(each);
    const runner = new ProcessRunner({ processes: [sealPhase], store, log: this.log, catalogue, submit });
    await runner.open();
    await runner.drain(P);
    expect(runner.markers(P).get('seal-phase')?.stopped).toBeUndefined();
  }

  async events(): Promise<readonly ProgrammeEvent[]> {
    const all: ProgrammeEvent[] = [];
    for await (const page of this.log.readProgramme(P, 0)) all.push(...page);
    return all;
  }

  async seals(): Promise<readonly ProgrammeEvent[]> {
    return (await this.events()).filter(({ event }) => event.type === 'PhaseSealed');
  }
}

describe('a phase that is closed', () => {
  let city: City;
  beforeEach(async () => {
    city = new City();
    await city.closed();
  });

  it('is sealed with the figures at its cut-off as known at its closing, by the software, because of the closing', async () => {
    const before = await city.events();
    const closing = before.at(-1)!;
    // What is recorded before the process gets to it, though dated before the cut-off, is not of the seal.
    await city.complete('a-2', '2023-06-15');
    await city.drain();
    const [seal, ...others] = await city.seals();
    expect(others).toEqual([]);
    const tree = new MerkleTree();
    for (const { event } of before) tree.add(event);
    expect(seal?.event.data).toMatchObject({
      phase: 'I',
      number: 1,
      cutOff: '2023-06-30',
      closing: { id: closing.event.id, index: closing.index },
      tree: { size: closing.index + 1, root: tree.root() },
      snapshot: { figures: { programme: { numerator: '1', denominator: '2' } } },
    });
    expect(seal?.event.meta).toMatchObject({
      actor: { subject: 'process:seal-phase', role: 'process' },
      causationId: closing.event.id,
      correlationId: closing.event.meta.correlationId,
    });
  });

  it('is sealed once, by whoever comes to it and however often', async () => {
    await city.drain();
    await city.complete('a-2', '2023-06-15');
    await city.drain();
    await Promise.all([city.drain(), city.drain()]);
    expect(await city.seals()).toHaveLength(1);
  });

  it('is sealed anew when it is closed again, and the first seal stays', async () => {
    const store = new MemoryViewStore();
    await city.drain(store);
    await city.give(OFFICE, PHASE, 'ReopenPhase', { phase: 'I', reason: 'a letter was missed' });
    await city.complete('a-2', '2023-06-15');
    await city.give(OFFICE, PHASE, 'ClosePhase', { phase: 'I' });
    await city.drain(store);
    const seals = (await city.seals()).map(({ event }) => event.data as object);
    expect(seals).toMatchObject([
      { number: 1, snapshot: { figures: { programme: { numerator: '1', denominator: '2' } } } },
      { number: 2, snapshot: { figures: { programme: { numerator: '2', denominator: '2' } } } },
    ]);
  });

  it('is the only event that it answers', () => {
    const handled = ['PhaseClosed', 'PhaseOpened', 'PhaseSealed', 'ActionCompleted'].map((type) =>
      sealPhase.handles({ type } as never),
    );
    expect(handled).toEqual([true, false, false, false]);
  });
});
