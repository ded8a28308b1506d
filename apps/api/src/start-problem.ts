/**
 * Why the server cannot start: a sentence where the operator can do something about it, else the stack.
 *
 * @param environment the variables that the server was started with
 */
export function startProblem(error: unknown, environment: NodeJS.ProcessEnv): string {
  const { PORT, HOST, JEJAK_DATA, JEJAK_HEALTH_PORT } = environment;
  const { code = '', message, stack } = error as NodeJS.ErrnoException;
  const directory = JEJAK_DATA ?? './data';
  switch (code) {
    case 'bad-config':
    case 'data-directory-locked':
    case 'unsafe-database':
    case 'log-unavailable':
    case 'storage-unavailable':
    case 'server-too-old':
      return message;
    case 'EADDRINUSE':
      if (String((error as { port?: unknown }).port) === JEJAK_HEALTH_PORT)
        return `Port ${JEJAK_HEALTH_PORT} is taken by another program: set JEJAK_HEALTH_PORT to another. (${message})`;
      return `Port ${PORT ?? '3000'} is taken by another program: stop that, or set PORT to another. (${message})`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${HOST ?? '127.0.0.1'}: set HOST to one that it has. (${message})`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'ENOENT':
    case 'EEXIST':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
      return `The data directory ${directory} cannot be used: make it a directory that this user may write, or set JEJAK_DATA to another. (${message})`;
    case 'ENOSPC':
    case 'SQLITE_FULL':
      return `There is no room left on the disk of the data directory ${directory}. (${message})`;
    default:
      return stack ?? String(error);
  }
}
