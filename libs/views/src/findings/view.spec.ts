import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import { MemoryDocuments } from '../documents';
import { programmesView } from '../programmes/view';
import { NotFound } from '../query';
import { finding, findings, standingOf } from './query';
import { type FindingDocument, findingsView } from './view';

const context = { programme: 'malang.2023', index: 0, now: '2023-12-31T00:00:00.000Z' };
const established: Told = {
  stream: 'programme-malang.2023.main',
  type: 'ProgrammeEstablished',
  data: {
    name: 'Malang Smart City',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    legalBasis: [],
    dimensions: [{ code: 'society', name: 'Society' }],
  },
};

const streamOf = (code: string) => `finding-malang.2023.${code.toLowerCase()}`;
const raised = (code: string, occurredOn: string, dueOn: string, phase = 'I', agency = 'Dinas-A'): Told => ({
  stream: streamOf(code),
  type: 'FindingRaised',
  data: {
    code,
    phase,
    agency,
    title: `Finding ${code}`,
    description: 'd',
    recommendation: 'r',
    occurredOn,
    dueOn,
  },
});
const answered = (code: string, occurredOn: string, id?: string): Told => ({
  stream: streamOf(code),
  type: 'FindingAnswered',
  data: { occurredOn, answer: 'done' },
  ...(id !== undefined && { id }),
});
const assessed = (code: string, occurredOn: string, state: number): Told => ({
  stream: streamOf(code),
  type: 'FindingAssessed',
  data: { occurredOn, state, note: 'n' },
});

const story: Told[] = [
  established,
  raised('T-1', '2023-03-01', '2023-04-30'),
  raised('T-2', '2023-03-01', '2023-04-30', 'i', 'Dinas-B'),
  raised('T-3', '2023-05-01', '2023-06-30', 'II'),
  raised('T-4', '2023-05-01', '2023-06-30', 'II', 'DINAS-B'),
  {
    stream: streamOf('T-2'),
    type: 'ReminderSent',
    data: { agency: 'Dinas-B', dueOn: '2023-04-30' },
    recordedAt: '2023-04-30T01:00:00.000Z',
  },
  answered('T-1', '2023-04-30', 'answer'),
  {
    stream: streamOf('T-1'),
    type: 'EvidenceAttached',
    data: { of: 'answer', digest: 'a'.repeat(64), mediaType: 'a/b', bytes: 1 },
  },
  assessed('T-1', '2023-05-10', 1),
  assessed('T-3', '2023-05-20', 4),
  answered('T-4', '2023-07-01'),
];
const events = recorded(story);

function documentsOf(log = events): MemoryDocuments {
  const documents = new MemoryDocuments([programmesView, findingsView]);
  documents.fold(log);
  return documents;
}
const documents = documentsOf();

describe('how a finding stands', () => {
  const base = documentsOf(recorded([established, raised('T-9', '2023-03-01', '2023-04-30')])).get(
    'findings',
    'finding/t-9',
  );
  const stands = (steps: Told[], cutOff: string) => {
    const { steps: told } = documentsOf(
      recorded([established, raised('T-9', '2023-03-01', '2023-04-30'), ...steps]),
    ).get('findings', 'finding/t-9') as FindingDocument;
    return standingOf({ ...(base as FindingDocument), steps: told }, cutOff);
  };
  const answer = (on: string) => answered('T-9', on);
  const assess = (on: string, state: number) => assessed('T-9', on, state);

  it.each<[string, Told[], string, object]>([
    ['nothing done', [], '2023-04-30', { state: 3, answeredOn: null, inTime: null, overdue: false }],
    ['nothing done, the day after it was due', [], '2023-05-01', { state: 3, overdue: true }],
    [
      'answered on the last day',
      [answer('2023-04-30')],
      '2023-05-01',
      { state: 2, answeredOn: '2023-04-30', inTime: true, overdue: false },
    ],
    ['answered later', [answer('2023-05-01')], '2023-05-01', { state: 2, inTime: false, overdue: false }],
    [
      'answered after the cut-off',
      [answer('2023-05-02')],
      '2023-05-01',
      { state: 3, answeredOn: null, inTime: null, overdue: true },
    ],
    [
      'the first answer decides, by date',
      [answer('2023-05-05'), answer('2023-04-10')],
      '2023-05-10',
      { answeredOn: '2023-04-10', inTime: true },
    ],
    ['assessed as resolved', [answer('2023-04-01'), assess('2023-04-05', 1)], '2023-04-30', { state: 1 }],
    ['before that day', [answer('2023-04-01'), assess('2023-04-05', 1)], '2023-04-04', { state: 2 }],
    [
      'assessed as not yet',
      [answer('2023-04-01'), assess('2023-04-05', 2), answer('2023-04-10')],
      '2023-04-30',
      { state: 2 },
    ],
    [
      'assessed as not followed up, answered again',
      [answer('2023-04-01'), assess('2023-04-05', 3), answer('2023-04-10')],
      '2023-04-30',
      { state: 2 },
    ],
    [
      'assessed as not followed up',
      [answer('2023-04-01'), assess('2023-04-05', 3)],
      '2023-05-30',
      { state: 3, overdue: false },
    ],
    [
      'an answer does not undo that it cannot be',
      [assess('2023-04-05', 4), answer('2023-04-10')],
      '2023-05-30',
      { state: 4, inTime: true },
    ],
    [
      'cannot be followed up: no answer is awaited',
      [assess('2023-04-05', 4)],
      '2023-05-30',
      { state: 4, overdue: false },
    ],
    [
      'of one day, the assessment recorded last',
      [assess('2023-04-05', 4), assess('2023-04-05', 3)],
      '2023-05-30',
      { state: 3, overdue: true },
    ],
    [
      'by date, not by when it was recorded',
      [assess('2023-04-10', 4), answer('2023-04-01'), assess('2023-04-02', 2)],
      '2023-04-09',
      { state: 2 },
    ],
  ])('%s', (_, steps, cutOff, expected) => {
    expect(stands(steps, cutOff)).toMatchObject(expected);
  });
});

describe('findings', () => {
  const list = (query: object = {}) =>
    findings.answer(documents, findings.params.parse({ cutOff: '2023-07-31', ...query }), context);
  const codes = (query: object) => list(query).items.map(({ code }) => code);

  it('stand as they stood on the day, and are counted', () => {
    expect(list()).toMatchObject({
      cutOff: '2023-07-31',
      total: 4,
      counts: { states: { 1: 1, 2: 1, 3: 1, 4: 1 }, overdue: 1 },
      next: null,
    });
    expect(list({ cutOff: '2023-04-30' }).counts).toEqual({ states: { 1: 0, 2: 1, 3: 1, 4: 0 }, overdue: 0 });
    expect(list().items[0]).toEqual({
      code: 'T-1',
      phase: 'I',
      agency: 'Dinas-A',
      title: 'Finding T-1',
      raisedOn: '2023-03-01',
      dueOn: '2023-04-30',
      reminders: 0,
      revision: 3,
      state: 1,
      answeredOn: '2023-04-30',
      inTime: true,
      overdue: false,
    });
    expect(list().items[1]).toMatchObject({ code: 'T-2', reminders: 1, overdue: true });
  });

  it('are filtered, ignoring case', () => {
    expect(codes({ phase: 'i' })).toEqual(['T-1', 'T-2']);
    expect(codes({ agency: 'dinas-b' })).toEqual(['T-2', 'T-4']);
    expect(codes({ state: '4' })).toEqual(['T-3']);
    expect(codes({ overdue: 'true' })).toEqual(['T-2']);
    expect(codes({ overdue: 'false', phase: 'II' })).toEqual(['T-3', 'T-4']);
    for (const query of [{ state: 5 }, { overdue: 'yes' }])
      expect(findings.params.safeParse(query).success).toBe(false);
  });

  it('are sorted, and come in pages', () => {
    expect(codes({ sort: 'state' })).toEqual(['T-1', 'T-4', 'T-2', 'T-3']);
    expect(codes({ sort: 'code', order: 'desc' })).toEqual(['T-4', 'T-3', 'T-2', 'T-1']);
    expect(codes({ sort: 'agency' })).toEqual(['T-1', 'T-3', 'T-2', 'T-4']);
    expect(codes({ sort: 'raisedOn', limit: 2 })).toEqual(['T-1', 'T-2']);
    const { next } = list({ limit: 3 });
    expect(codes({ limit: 3, cursor: next })).toEqual(['T-4']);
  });
});

describe('a finding', () => {
  it('is told whole, whatever the cut-off', () => {
    const told = finding.answer(documents, { finding: 't-1', cutOff: '2023-02-28' }, context);
    expect(told).toMatchObject({ code: 'T-1', standing: null, revision: 3 });
    expect(told.steps.map(({ kind, on }) => [kind, on])).toEqual([
      ['answer', '2023-04-30'],
      ['assessment', '2023-05-10'],
    ]);
    expect(told.evidence).toMatchObject([{ of: 'answer' }]);
    const reminded = finding.answer(documents, { finding: 'T-2', cutOff: '2023-03-01' }, context);
    expect(reminded.standing).toMatchObject({ state: 3 });
    expect(reminded.reminders).toMatchObject([
      { dueOn: '2023-04-30', recordedAt: '2023-04-30T01:00:00.000Z' },
    ]);
  });

  it('that nobody raised is not found', () => {
    expect(() => finding.answer(documents, { finding: 'T-8' }, context)).toThrow(NotFound);
  });
});

describe('the view of findings', () => {
  it('is the same in any pages, and when events are handled twice', () => {
    foldsAlike(findingsView, events);
  });

  it('stops at what no decider lets happen', () => {
    expect(() => documentsOf(recorded([established, answered('T-1', '2023-04-01')]))).toThrow('not raised');
    expect(() => documentsOf(recorded([established, story[1]!, story[1]!]))).toThrow('raised once');
  });
});
