import type Database from 'better-sqlite3';

/** The package whose binding holds on this Node; decision record 0006 says why there are two. */
const name = Number.parseInt(process.versions.node, 10) < 22 ? 'better-sqlite3-node20' : 'better-sqlite3';

/** Opens a database file, as better-sqlite3 documents it. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- which package it is depends on the Node
export const Sqlite = require(name) as typeof Database;
