export { AppendTooLarge } from './appender';
export { ServerTooOld } from './connection';
export * from './log';
