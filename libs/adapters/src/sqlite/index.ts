export { openLogFile, UnsafeDatabase } from './database';
export * from './feed';
export * from './lock';
export * from './log';
