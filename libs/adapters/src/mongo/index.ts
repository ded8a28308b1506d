export * from './connection';
export * from './view-store';
