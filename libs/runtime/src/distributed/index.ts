export { openDistributed } from './open';
export { runRelayMember, runWorker, type Told } from './workers';
export { KEY_PATTERN } from '../command-headers';
export { receiptSchema } from '../receipt';
export { ACCEPTED, REFUSED } from './command-answer';
export { commandTopicsOf } from './serve-commands';
