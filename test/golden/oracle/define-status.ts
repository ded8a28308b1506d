import type { Day } from '@jejak/domain';
import { withdrawnFrom } from './define-figures';
import { byStream, dateOf, type Known, lower } from './known';

/** How every action stands on a day, by code. */
export function defineStatus(
  known: Known,
  day: Day,
): readonly { readonly code: string; readonly status: string; readonly inForce: boolean }[] {
  const types = [
    'ActionPlanned',
    'ActionReplanned',
    'ActionWithdrawn',
    'ProgressReported',
    'ActionCompleted',
  ];
  return [...byStream(known.of(...types)).values()]
    .map((events) => {
      const by = (type: string): boolean =>
        events.some((each) => each.event.type === type && dateOf(each) <= day && known.stands(each));
      const verified = known
        .of('CompletionVerified')
        .some(
          (each) =>
            each.event.stream === events[0]?.event.stream && known.stands(each) && known.dateOf(each) <= day,
        );
      const code = events[0]?.event.data.code as string;
      const reported = by('ProgressReported') ? 'in-progress' : 'planned';
      const completed = by('ActionCompleted') ? (verified ? 'verified' : 'completed') : reported;
      const from = withdrawnFrom(events);
      const withdrawn = from !== undefined && from <= day;
      return {
        code,
        status: withdrawn ? 'withdrawn' : completed,
        inForce: by('ActionPlanned') && !withdrawn,
      };
    })
    .sort((a, b) => (lower(a.code) < lower(b.code) ? -1 : 1));
}
