/**
 * A store cannot be reached, or does not take writes, now; the message says why, without any secret. What it
 * acknowledged before is safe; whether the call that failed had an effect is not known. Trying again is safe.
 */
export class StoreUnavailable extends Error {
  readonly code = 'storage-unavailable';
}
