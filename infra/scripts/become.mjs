// Hands this very process over to a built program: signals, exit code, terminal and arguments
// then are the program's own, with nothing in between that could lose them.
import fs from 'node:fs';
import Module from 'node:module';
import { stop } from './prepare.mjs';

export function become(main, args) {
  if (!fs.existsSync(main)) stop(`There is no ${main} to run.`);
  process.argv = [process.execPath, main, ...args];
  Module.runMain();
}
