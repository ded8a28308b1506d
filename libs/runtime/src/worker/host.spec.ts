import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  Contention,
  EnvelopeTooLarge,
  isLasting,
  LogUnavailable,
  OutcomeUnknown,
  type Receipt,
  Refusal,
  type Submission,
} from '@jejak/core';
import { ThreadHost } from './host';
import { fromWire, type Move, type Stopped, toWire } from './messages';

const SUBMISSION: Submission = {
  type: 'SealPhase',
  stream: 'phase-kota.2023.main',
  body: {},
  key: 'k',
  actor: { subject: 'process:x', role: 'process' },
  correlationId: 'c',
};
const RECEIPT: Receipt = { events: [], stream: 's', revision: 0, recordedAt: '', token: 't' };

describe('the worker’s thread, seen from the one that writes the log', () => {
  let directory: string;
  let host: ThreadHost | undefined;
  let moves: Move[];
  let troubles: string[];
  let stopped: Stopped[];
  let submissions: Submission[];
  let answer: () => Promise<Receipt>;

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-host-'));
    moves = [];
    troubles = [];
    stopped = [];
    submissions = [];
    answer = async () => RECEIPT;
  });
  afterEach(async () => {
    await host?.stop();
    host = undefined;
    fs.rmSync(directory, { recursive: true, force: true });
  });

  /** Starts a thread that runs a program; `port` and `data` are there for it. */
  function start(program: string): ThreadHost {
    const entry = path.join(directory, 'worker.js');
    const before = "const { parentPort: port, workerData: data } = require('node:worker_threads');";
    fs.writeFileSync(entry, `${before}\n${program}`);
    host = new ThreadHost({
      entry,
      data: { dataDirectory: directory },
      submit: (submission) => {
        submissions.push(submission);
        return answer();
      },
      onMoves: (moved) => void moves.push(...moved),
      onTrouble: (loop, error) => void troubles.push(`${loop}: ${error.message}`),
      onStopped: (each) => void stopped.push(each),
    });
    return host;
  }
  const OBEDIENT = "port.on('message', (message) => { if (message.kind === 'stop') port.close(); });";

  it('is ready when the thread says so, after telling how far it has come', async () => {
    const host = start(`${OBEDIENT} port.postMessage({ kind: 'progress', done: 3, total: 9 });
      port.once('message', () => port.postMessage({ kind: 'ready' }));`);
    await until(() => host.status.progress !== undefined);
    expect(host.status).toMatchObject({ state: 'catching-up', progress: { done: 3, total: 9 } });
    host.wake();
    await until(() => host.status.state === 'ready');
    expect(host.status).toEqual({ state: 'ready' });
  });

  it('hands on what moved, and tells of many commits once', async () => {
    const host = start(`${OBEDIENT} let wakes = 0;
      port.on('message', ({ kind }) => {
        if (kind !== 'wake') return;
        const marker = { index: wakes++, position: '1' };
        port.postMessage({ kind: 'moved', moves: [{ view: 'v', programme: 'p', marker }] });
      });`);
    for (let n = 0; n < 100; n++) host.wake();
    await until(() => moves.length > 0);
    for (let n = 0; n < 100; n++) host.wake();
    await until(() => moves.length > 1);
    expect(moves).toEqual(
      [0, 1].map((index) => ({ view: 'v', programme: 'p', marker: { index, position: '1' } })),
    );
  });

  it('carries out the thread’s commands, and tells it how each went', async () => {
    const told = path.join(directory, 'told');
    const program = `${OBEDIENT} port.on('message', (message) => {
        if (message.kind === 'accepted' || message.kind === 'refused') require('node:fs').writeFileSync(${JSON.stringify(told)}, JSON.stringify(message));
      });
      port.postMessage({ kind: 'submit', id: 7, submission: ${JSON.stringify(SUBMISSION)} });`;
    const heard = async (): Promise<unknown> => {
      await until(() => fs.existsSync(told) && fs.readFileSync(told, 'utf8') !== '');
      return JSON.parse(fs.readFileSync(told, 'utf8'));
    };
    const first = start(program);
    expect(await heard()).toEqual({ kind: 'accepted', id: 7, receipt: RECEIPT });
    expect(submissions).toEqual([SUBMISSION]);
    await first.stop();
    fs.rmSync(told);
    answer = async () => Promise.reject(new LogUnavailable('full'));
    start(program);
    expect(await heard()).toEqual({
      kind: 'refused',
      id: 7,
      error: { kind: 'log-unavailable', message: 'full' },
    });
  });

  it('answers the thread that asked, and no other that came after it', async () => {
    const [told, asked] = [path.join(directory, 'told'), path.join(directory, 'asked')];
    const answers: ((receipt: Receipt) => void)[] = [];
    answer = () => new Promise((resolve) => answers.push(resolve));
    // The first thread asks and dies; the second asks under the same number.
    const host = start(`${OBEDIENT} const fs = require('node:fs');
      port.on('message', (message) => {
        if (message.kind === 'accepted') fs.appendFileSync(${JSON.stringify(told)}, message.receipt.token + ' ');
      });
      port.postMessage({ kind: 'submit', id: 0, submission: ${JSON.stringify(SUBMISSION)} });
      if (!fs.existsSync(${JSON.stringify(asked)})) {
        fs.writeFileSync(${JSON.stringify(asked)}, '');
        setTimeout(() => { throw new Error('poor thing'); }, 50);
      } else port.postMessage({ kind: 'ready' });`);
    await until(() => answers.length === 2 && host.status.state === 'ready');
    answers[0]?.({ ...RECEIPT, token: 'old' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    answers[1]?.({ ...RECEIPT, token: 'new' });
    await until(() => fs.existsSync(told));
    expect(fs.readFileSync(told, 'utf8')).toBe('new ');
  });

  it('hands on which view or process has stopped', async () => {
    const one: Stopped = { what: 'process', name: 'seal-phase', programme: 'p', index: 3, error: 'no' };
    start(`${OBEDIENT} port.postMessage({ kind: 'stopped', stopped: ${JSON.stringify(one)} });`);
    await until(() => stopped.length > 0);
    expect(stopped).toEqual([one]);
  });

  it('starts the thread again when it dies, and says so meanwhile', async () => {
    const lives = path.join(directory, 'lives');
    const host = start(`${OBEDIENT} const fs = require('node:fs');
      fs.appendFileSync(${JSON.stringify(lives)}, 'x');
      if (fs.readFileSync(${JSON.stringify(lives)}, 'utf8').length < 3) throw new Error('poor thing');
      port.postMessage({ kind: 'ready' });`);
    await until(() => host.status.state === 'restarting');
    expect(host.status).toEqual({ state: 'restarting', trouble: 'poor thing' });
    await until(() => host.status.state === 'ready');
    expect(troubles).toEqual(['thread: poor thing', 'thread: poor thing']);
  });

  it('waits for the thread when it is stopped, and starts none any more', async () => {
    const host = start(`port.on('message', (message) => {
        if (message.kind === 'stop') setTimeout(() => port.close(), 200);
      });`);
    host.wake();
    const began = performance.now();
    await host.stop();
    expect(performance.now() - began).toBeGreaterThan(150);
    expect(host.status).toEqual({ state: 'stopped' });
  });

  it('does not start a dead thread again while it is being stopped', async () => {
    const host = start("throw new Error('poor thing');");
    await until(() => host.status.state === 'restarting');
    await host.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(host.status).toEqual({ state: 'stopped' });
    expect(troubles).toHaveLength(1);
  });
});

describe('an error', () => {
  it('keeps its meaning from thread to thread', () => {
    const text = { en: 'No {what}.', id: 'Tidak ada {what}.' };
    const refusal = fromWire(structuredClone(toWire(new Refusal('none', text, { what: 'seal' }, 'phase'))));
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ code: 'none', field: 'phase' });
    expect(refusal instanceof Refusal && refusal.sentence('id')).toBe('Tidak ada seal.');
    expect(fromWire(toWire(new LogUnavailable('full')))).toEqual(new LogUnavailable('full'));
    expect(fromWire(toWire(new OutcomeUnknown('no answer')))).toEqual(new OutcomeUnknown('no answer'));
    // Whether it may pass is kept, too.
    const told = [
      new TypeError('bug'),
      new EnvelopeTooLarge(300_000),
      new Error('EIO'),
      new Contention('busy'),
    ];
    expect(told.map((error) => isLasting(fromWire(toWire(error))))).toEqual([true, true, false, false]);
    expect(fromWire(toWire(new Error('EIO')))).toEqual(new Error('EIO'));
    expect(fromWire(toWire('text'))).toEqual(new Error('text'));
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to that');
}
