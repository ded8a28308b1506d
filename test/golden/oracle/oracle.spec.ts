import { runLateEvents } from './late';
import { runHistories } from './oracle';

test('views answer as the definitions say', () => {
  const counts = runHistories(100);
  expect(counts.compared).toBeGreaterThan(100 * 4 * 7);
});

test('late events leave seals alone and move what is restated', () => {
  const counts = runLateEvents(150);
  expect(counts.late).toBeGreaterThanOrEqual(150);
  expect(counts.moved).toBeGreaterThan(0);
  expect(counts.withoutReason).toBeGreaterThan(0);
});
