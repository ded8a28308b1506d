export type { Fate } from './record';
export { StandIn, type StandInOptions } from './stand-in';
