export * from './block-store';
export { MongoConnection, type MongoOptions, placeOf } from './connection';
export * from './credentials';
export * from './evidence';
export { DocumentTooLarge } from './packed';
export * from './view-store';
