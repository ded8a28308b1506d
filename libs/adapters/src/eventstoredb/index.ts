export { AppendTooLarge } from './errors';
export { ServerTooOld } from './connection';
export * from './log';
