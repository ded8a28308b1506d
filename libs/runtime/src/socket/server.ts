import fs from 'node:fs';
import net from 'node:net';
import type { LocalService } from './service';
import { linesOf, type SocketAnswer, type SocketRequest, toSocket } from './wire';

/** A socket that is being served. */
export interface ServedSocket {
  /** takes no more, answers what is under way, and removes the socket */
  close(): Promise<void>;
}

/** How long closing waits for what is under way, in milliseconds. */
const PATIENCE = 5_000;

/**
 * Serves the command line of the machine on a socket that only the owner of the data directory can open (mode 0600):
 * whoever can open it can also read and write the files beside it.
 *
 * @param path where nobody else can be listening, since the caller holds the data directory
 * @throws what listening throws, such as for a path that is longer than a socket's may be (107 bytes on Linux)
 */
export async function serveSocket(service: LocalService, path: string): Promise<ServedSocket> {
  fs.rmSync(path, { force: true });
  const connections = new Set<net.Socket>();
  const working = new Set<Promise<void>>();
  let closing = false;

  const server = net.createServer({ allowHalfOpen: true }, (connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    connection.on('error', () => connection.destroy());
    void serve(connection);
  });

  async function serve(connection: net.Socket): Promise<void> {
    try {
      for await (const line of linesOf(connection)) {
        if (closing) break;
        const request = requestIn(line);
        const work = answerTo(service, request).then(
          (answer) => void connection.write(`${JSON.stringify(answer)}\n`),
          () => void connection.destroy(),
        );
        working.add(work);
        void work.finally(() => working.delete(work));
      }
      await Promise.allSettled(working);
      connection.end();
    } catch {
      // Whoever does not speak the protocol is hung up on.
      connection.destroy();
    }
  }

  await listen(server, path);
  return {
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE).unref());
      await Promise.race([Promise.allSettled(working), patience]);
      for (const connection of connections) connection.end(() => connection.destroy());
      await closed;
      fs.rmSync(path, { force: true });
    },
  };
}

/** @throws Error for a line that is no request */
function requestIn(line: string): SocketRequest {
  const request: unknown = JSON.parse(line);
  if (typeof request === 'object' && request !== null && 'id' in request && typeof request.id === 'number')
    return request as SocketRequest;
  throw new Error('not a request');
}

function listen(server: net.Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The file is made with its mode: there is no moment at which others could open it.
    const mask = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

async function answerTo(service: LocalService, request: SocketRequest): Promise<SocketAnswer> {
  const { id } = request;
  try {
    return { id, result: (await carriedOut(service, request)) ?? null };
  } catch (error) {
    return { id, error: toSocket(error) };
  }
}

function carriedOut(service: LocalService, request: SocketRequest): Promise<unknown> {
  switch (request.call) {
    case 'submit':
      return service.submit(request.sent);
    case 'open-account':
      return service.openAccount(request.account);
    case 'account':
      return service.giveAccount(request.type, request.subject);
    case 'password':
      return service.setPassword(request.subject, request.password);
    case 'oidc-subject':
      return service.setOidcSubject(request.subject, request.oidcSubject);
    default:
      request satisfies never;
      throw new Error('an unknown call');
  }
}
