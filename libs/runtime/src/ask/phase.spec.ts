import { queries } from '@jejak/views';
import type { Ask, Question } from './ask';
import { phaseSnapshot } from './phase';

describe("an open phase's snapshot", () => {
  it('has seen what the token names in the figures, too', async () => {
    const asked: Question[] = [];
    const means = { kind: 'live', status: 'open', cutOff: '2023-06-01' };
    const ask = {
      answer: (question: Question) => {
        asked.push(question);
        const answer = question.query.name === queries.phase.name ? { answer: means, code: '2' } : {};
        return Promise.resolve({ answer, index: 3, asOf: '2023-06-01T00:00:00.000Z' });
      },
    };
    const question = { programme: 'kota.2023', phase: '2', after: 'log-1~kota.2023~7' };
    await phaseSnapshot(ask as unknown as Ask, question);
    expect(asked.map(({ query, after }) => [query.name, after])).toEqual([
      [queries.phase.name, question.after],
      [queries.snapshot.name, question.after],
    ]);
  });
});
