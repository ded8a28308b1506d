export * from './history-file';
export { type ImportedHistory, importHistory } from './import-history';
export * from './sample';
