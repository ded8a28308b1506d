import path from 'node:path';

/**
 * The arguments with which Node runs one of our programs in a process of its own: compiled, when we are compiled,
 * else from its source.
 *
 * @param program the program's path without its extension
 */
export function programArguments(program: string): readonly string[] {
  if (!__filename.endsWith('.ts')) return [`${program}.js`];
  return ['-r', path.join(__dirname, 'register.cjs'), `${program}.ts`];
}
