import { LogUnavailable, Refusal, type Submission } from '@jejak/core';
import { recorded, type Told } from '@jejak/core/testing';
import { MemoryDocuments, views } from '@jejak/views';
import { remind, reminderNeeds } from './reminders';

const P = 'malang.2023';
const NEEDED = views.filter(({ name }) => reminderNeeds.some(({ view }) => view === name));

const told = (code: string, type: string, data: object): Told => ({
  stream: `finding-${P}.${code.toLowerCase()}`,
  type,
  data,
});
const raised = (code: string, dueOn: string): Told =>
  told(code, 'FindingRaised', {
    ...{ code, phase: 'I', agency: 'Diskopindag', title: 't', description: 'd', recommendation: 'r' },
    ...{ occurredOn: '2023-06-01', dueOn },
  });
const answered = (code: string, occurredOn: string): Told =>
  told(code, 'FindingAnswered', { occurredOn, answer: 'Sudah.' });
const assessed = (code: string, occurredOn: string, state: number): Told =>
  told(code, 'FindingAssessed', { occurredOn, state });
const sent = (code: string, dueOn: string): Told =>
  told(code, 'ReminderSent', { agency: 'Diskopindag', dueOn });

const NOON = '2023-08-20T05:00:00.000Z';

/** What is sent, given what happened, when it is a moment. */
function given(past: readonly Told[], submit: (submission: Submission) => void = () => undefined) {
  const documents = new MemoryDocuments(NEEDED);
  documents.fold(recorded(past));
  const submitted: Submission[] = [];
  return {
    when: async (now: string, zone: 'Asia/Jakarta' | 'Asia/Jayapura' = 'Asia/Jakarta') => {
      const reminded = await remind(P, zone, documents, now, async (submission) => {
        submitted.push(submission);
        submit(submission);
        return undefined as never;
      });
      return { submitted, reminded };
    },
  };
}

describe('reminding', () => {
  it('of an answer that is overdue gives one command, under a key of the day that it was due on', async () => {
    const { submitted, reminded } = await given([raised('F-1', '2023-08-19')]).when(NOON);
    expect(submitted).toEqual([
      {
        type: 'SendReminder',
        stream: `finding-${P}.f-1`,
        body: { agency: 'Diskopindag', dueOn: '2023-08-19' },
        key: 'reminder 2023-08-19',
        actor: { subject: 'process:reminders', role: 'process' },
        correlationId: 'reminder F-1 2023-08-19',
      },
    ]);
    expect(reminded).toEqual(['F-1']);
  });

  it.each<[string, Told[]]>([
    ['is not due yet', [raised('F-1', '2023-08-20')]],
    ['was answered in time', [raised('F-1', '2023-08-19'), answered('F-1', '2023-07-01')]],
    ['was answered late', [raised('F-1', '2023-08-01'), answered('F-1', '2023-08-15')]],
    ['cannot be given', [raised('F-1', '2023-08-19'), assessed('F-1', '2023-08-10', 4)]],
    ['was reminded of', [raised('F-1', '2023-08-19'), sent('F-1', '2023-08-19')]],
  ])('nobody of an answer that %s', async (_, past) => {
    expect(await given(past).when(NOON)).toEqual({ submitted: [], reminded: [] });
  });

  it('begins with the day after the due one in the programme’s own zone', async () => {
    const finding = given([raised('F-1', '2023-08-19')]);
    const midnight = { jakarta: '2023-08-19T17:00:00.000Z', jayapura: '2023-08-19T15:00:00.000Z' };
    expect((await finding.when('2023-08-19T16:59:59.999Z')).reminded).toEqual([]);
    expect((await finding.when(midnight.jakarta)).reminded).toEqual(['F-1']);
    expect((await finding.when('2023-08-19T14:59:59.999Z', 'Asia/Jayapura')).reminded).toEqual([]);
    expect((await finding.when(midnight.jayapura, 'Asia/Jayapura')).reminded).toEqual(['F-1']);
  });

  it('passes over a finding that was answered while the view lagged, and goes on with the others', async () => {
    const past = ['F-1', 'F-2', 'F-3'].map((code) => raised(code, '2023-08-19'));
    const refusing = given(past, ({ stream }) => {
      if (stream.endsWith('f-2')) throw new Refusal('reminder-not-needed', { en: 'x', id: 'x' });
    });
    const { submitted, reminded } = await refusing.when(NOON);
    expect(submitted).toHaveLength(3);
    expect(reminded).toEqual(['F-1', 'F-3']);
  });

  it('ends where nothing can be recorded', async () => {
    const failing = given([raised('F-1', '2023-08-19')], () => {
      throw new LogUnavailable('disk full');
    });
    await expect(failing.when(NOON)).rejects.toThrow(LogUnavailable);
  });
});
