import { CITY, disbursement, lineCode } from '../../support/budget-city';
import type { Acknowledged } from './verify';

export const CLIENTS = 64;
export const LINES = 128;

/** What the server said to one delivery of a command. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Delivers the n-th disbursement, always under the same key.
 *
 * @param amount another one than the n-th's own, for a body that differs
 * @throws when no answer comes
 */
export async function deliver(url: string, token: string, n: number, amount?: number): Promise<Answer> {
  const lines = `${url}/v1/programmes/${CITY}/budget-lines`;
  const body = disbursement(n);
  const response = await fetch(`${lines}/${lineCode(n % LINES)}/disbursements`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `k${String(n)}`,
    },
    body: JSON.stringify(amount === undefined ? body : { ...body, amount }),
  });
  return { status: response.status, body: await response.text() };
}

/** The event of a receipt. */
export function receipt({ body }: Answer): Acknowledged {
  const { stream, events } = JSON.parse(body) as {
    stream: string;
    events: [{ id: string; revision: number }];
  };
  const [{ id, revision }] = events;
  return { id, stream, revision };
}

/**
 * Disbursements by 64 clients, each until it is answered otherwise than with a receipt, or not at all.
 *
 * @param acknowledged gets the event of every receipt
 * @returns the answers that were no receipts
 */
export async function load(
  url: string,
  token: string,
  serial: { n: number },
  acknowledged: Acknowledged[],
): Promise<readonly Answer[]> {
  const others: Answer[] = [];
  const client = async (): Promise<void> => {
    for (;;) {
      const answer = await deliver(url, token, serial.n++).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status >= 300) {
        others.push(answer);
        return;
      }
      acknowledged.push(receipt(answer));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return others;
}
