export { openDistributed } from './open';
export { runRelayMember, runWorker, type Told } from './workers';
