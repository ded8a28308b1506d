import { type ProcessTools, Refusal, streamName } from '@jejak/core';
import { dayIn, type TimeZone } from '@jejak/domain';
import { type Documents, type FindingDocument, type Need, standingOf } from '@jejak/views';

const NAME = 'reminders';

/** What `remind` needs of the views. The decider decides again, so that a view that lags does no harm. */
export const reminderNeeds: readonly Need[] = [{ view: 'findings', prefix: 'finding/' }];

/**
 * Reminds the agencies whose answer to a finding is overdue, once for each day that an answer was due on. Called by
 * the clock, not by an event: that a day has passed is no event.
 *
 * @param zone the programme's time zone, in which the day ends
 * @param now the moment (ISO, UTC)
 * @returns the codes of the findings reminded of now
 */
export async function remind(
  programme: string,
  zone: TimeZone,
  documents: Documents,
  now: string,
  submit: ProcessTools['submit'],
): Promise<readonly string[]> {
  const today = dayIn(zone, now);
  const reminded: string[] = [];
  for (const { value } of documents.list('findings', 'finding/')) {
    const finding = value as FindingDocument;
    const { code, agency, dueOn, reminders } = finding;
    const sent = reminders.some((reminder) => reminder.dueOn === dueOn);
    if (sent || !standingOf(finding, today).overdue) continue;
    try {
      await submit({
        type: 'SendReminder',
        stream: streamName('finding', programme, code),
        body: { agency, dueOn },
        key: `reminder ${dueOn}`,
        actor: { subject: `process:${NAME}`, role: 'process' },
        correlationId: `reminder ${code} ${dueOn}`,
      });
      reminded.push(code);
    } catch (error) {
      // The view had not seen the answer yet: nothing is owed.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return reminded;
}
