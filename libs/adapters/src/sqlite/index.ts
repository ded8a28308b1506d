export { openLogFile, UnsafeDatabase } from './database';
export * from './feed';
export * from './lock';
export * from './log';
export * from './credentials';
export * from './evidence';
export * from './view-store';
export { NotAViewStore, ViewStoreBroken } from './view-file';
export * from './upkeep';
