// `npm start`: from a bare clone to a running server.
import { become } from './become.mjs';
import { entries, prepare } from './prepare.mjs';

await prepare();
become(entries.api, process.argv.slice(2));
