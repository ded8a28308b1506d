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

/** The path of a program of `npm run build`, from our source as from our own build; its path below `dist`. */
export function builtProgram(file: string): string {
  return path.resolve(__dirname, __filename.endsWith('.ts') ? '../../dist' : '../..', file);
}
