import { startProblem } from './start-problem';

describe('why the server cannot start', () => {
  const told = (code: string, environment: NodeJS.ProcessEnv = {}) =>
    startProblem(Object.assign(new Error('the cause'), { code }), environment);

  it.each([
    ...['bad-config', 'data-directory-locked', 'unsafe-database'],
    ...['log-unavailable', 'storage-unavailable', 'server-too-old'],
  ])('is what an error of ours says: %s', (code) => {
    expect(told(code)).toBe('the cause');
  });

  it('names the port, the address or the directory that was meant, and what to do', () => {
    expect(told('EADDRINUSE')).toBe(
      'Port 3000 is taken by another program: stop that, or set PORT to another. (the cause)',
    );
    expect(told('EADDRINUSE', { PORT: '81' })).toContain('Port 81 ');
    const inUse = Object.assign(new Error('the cause'), { code: 'EADDRINUSE', port: 9464 });
    expect(startProblem(inUse, { JEJAK_HEALTH_PORT: '9464' })).toContain('set JEJAK_HEALTH_PORT');
    for (const code of ['EADDRNOTAVAIL', 'ENOTFOUND']) {
      expect(told(code)).toContain('no address 127.0.0.1');
      expect(told(code, { HOST: '10.0.0.9' })).toContain('no address 10.0.0.9: set HOST');
    }
    for (const code of ['EACCES', 'EROFS', 'ENOTDIR', 'ENOENT', 'SQLITE_CANTOPEN', 'SQLITE_READONLY']) {
      expect(told(code)).toContain('The data directory ./data cannot be used');
      expect(told(code, { JEJAK_DATA: '/srv/jejak' })).toContain('directory /srv/jejak cannot');
    }
    for (const code of ['ENOSPC', 'SQLITE_FULL'])
      expect(told(code)).toContain('no room left on the disk of the data directory ./data');
  });

  it('is the stack of what nobody foresaw, and the thing itself where it has none', () => {
    expect(startProblem(new TypeError('a bug'), {})).toMatch(/^TypeError: a bug\n +at /);
    expect(startProblem('thrown text', {})).toBe('thrown text');
  });
});
