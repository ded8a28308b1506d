export * from './block-store';
export { MongoConnection, type MongoOptions, placeOf } from './connection';
export * from './credentials';
export * from './evidence';
export * from './view-store';
