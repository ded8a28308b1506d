import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import { DEFAULT_RULE } from '@jejak/domain';
import { NotFound } from '../query';
import { ask, phaseTold, programme as established, programmeTold, ruled } from '../testing/tell';
import { programme, programmeSummary } from './query';
import { programmesView } from './view';

const dates = {
  period: { from: '2023-01-01', to: '2023-06-30' },
  cutOff: '2023-06-12',
  reportDue: '2023-06-30',
};
const figure = { numerator: '50', denominator: '52' };

const phases: Told[] = [
  phaseTold('PhaseScheduled', { phase: 'I', name: 'Phase I', ...dates }),
  phaseTold('PhaseScheduled', { phase: 'II', name: 'Phase II', ...dates, cutOff: '2023-10-31' }),
  phaseTold('PhaseRescheduled', { phase: 'ii', ...dates, cutOff: '2023-11-09' }),
  phaseTold('PhaseOpened', { phase: 'I' }),
  phaseTold('PhaseClosed', { phase: 'I', number: 1, cutOff: '2023-06-12' }),
  phaseTold('PhaseSealed', {
    phase: 'I',
    number: 1,
    cutOff: '2023-06-12',
    snapshot: { figures: { programme: figure } },
  }),
];

const story: Told[] = [
  ...established(['living', 'economy']),
  programmeTold('AgencyEnrolled', { agency: 'Diskominfo', name: 'Communication', effectiveOn: '2023-01-01' }),
  programmeTold('AgencyEnrolled', { agency: 'dpupr', name: 'Public Works', effectiveOn: '2023-02-01' }),
  programmeTold('AgencyEnrolled', {
    agency: 'DISKOMINFO',
    name: 'Communication and Information',
    effectiveOn: '2023-05-01',
  }),
  programmeTold('AgencyWithdrawn', { agency: 'DPUPR', effectiveOn: '2023-08-01' }),
  ...phases,
  ruled('2023-07-01', { name: 'completed', counts: 'completed' }),
  programmeTold('LateReportingPolicySet', { policy: 'office-only' }),
];

describe('the view', () => {
  it('folds alike in any pages, and once what comes twice', () => {
    foldsAlike(programmesView, recorded(story));
  });
});

describe('a programme', () => {
  const at = (cutOff: string) => ask(programme, story, { cutOff });

  it('is what was established, with the rule of the day', () => {
    expect(at('2023-06-30')).toMatchObject({
      programme: 'malang.2023',
      name: 'Malang Smart City',
      from: '2023-01-01',
      to: '2025-12-31',
      timeZone: 'Asia/Jakarta',
      legalBasis: [{ title: 'Mayor Regulation 43/2020' }],
      dimensions: [
        { code: 'living', name: 'The living' },
        { code: 'economy', name: 'The economy' },
      ],
      latePolicy: 'office-only',
      rule: { name: DEFAULT_RULE.name },
      ruleVersion: 1,
      revision: 8,
    });
    expect(at('2023-07-01')).toMatchObject({ rule: { name: 'completed' }, ruleVersion: 2 });
    expect(at('2023-07-01').rules.map(({ version, on }) => [version, on])).toEqual([
      [1, '2023-01-01'],
      [2, '2023-07-01'],
    ]);
  });

  it('has the agencies of the day, by their name then', () => {
    const shown = (cutOff: string) =>
      at(cutOff).agencies.map(({ code, name, enrolled }) => [code, name, enrolled]);
    expect(shown('2023-01-15')).toEqual([
      ['Diskominfo', 'Communication', true],
      ['dpupr', 'Public Works', false],
    ]);
    expect(shown('2023-05-01')).toEqual([
      ['Diskominfo', 'Communication and Information', true],
      ['dpupr', 'Public Works', true],
    ]);
    expect(shown('2023-08-01')[1]).toEqual(['dpupr', 'Public Works', false]);
  });

  it('has its phases in short', () => {
    expect(at('2023-12-31').phases).toMatchObject([
      { code: 'I', name: 'Phase I', status: 'sealed', closings: 1, seals: [{ number: 1, figure }] },
      { code: 'II', status: 'scheduled', cutOff: '2023-11-09' },
    ]);
  });

  it('is not there before it is established', () => {
    expect(() => ask(programme, [])).toThrow(NotFound);
  });
});

describe('beside others', () => {
  const summary = (...more: Told[]) => ask(programmeSummary, [...story, ...more]);
  const published = (seal: number) => phaseTold('PhasePublished', { phase: 'I', seal });
  const again = (number: number, numerator: string): Told[] => [
    phaseTold('PhaseReopened', { phase: 'I' }),
    phaseTold('PhaseClosed', { phase: 'I', number, cutOff: '2023-06-12' }),
    phaseTold('PhaseSealed', {
      phase: 'I',
      number,
      cutOff: '2023-06-12',
      snapshot: { figures: { programme: { numerator } } },
    }),
  ];

  it('a programme shows the figure that was published last: the highest seal of the latest phase', () => {
    expect(summary().published).toBeNull();
    expect(summary(published(1)).published).toEqual({ phase: 'I', seal: 1, cutOff: '2023-06-12', figure });
    expect(summary(...again(2, '51')).published).toBeNull();
    expect(summary(published(1), ...again(2, '51')).published).toMatchObject({ seal: 1 });
    expect(summary(...again(2, '51'), published(2), published(1)).published).toMatchObject({
      seal: 2,
      figure: { numerator: '51' },
    });
  });

  it('a later phase goes first', () => {
    const second: Told[] = [
      phaseTold('PhaseOpened', { phase: 'II' }),
      phaseTold('PhaseClosed', { phase: 'II', number: 1, cutOff: '2023-11-09' }),
      phaseTold('PhaseSealed', { phase: 'II', number: 1, cutOff: '2023-11-09', snapshot: {} }),
      phaseTold('PhasePublished', { phase: 'II', seal: 1 }),
    ];
    expect(summary(...second, published(1)).published).toEqual({
      phase: 'II',
      seal: 1,
      cutOff: '2023-11-09',
      figure: null,
    });
    expect(summary(...second).phases).toEqual([
      { code: 'I', name: 'Phase I', status: 'sealed', cutOff: '2023-06-12' },
      { code: 'II', name: 'Phase II', status: 'published', cutOff: '2023-11-09' },
    ]);
  });
});
