import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics';

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  /** whether the process can do all its work, and what keeps it from that */
  readonly ready: () => Promise<{ readonly status: 'ready' | 'not-ready' }>;
  readonly metrics: Metrics | undefined;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/health/live`, `/health/ready` and `/metrics`, at an address of its own: who reaches that may read them.
 *
 * @throws what listening throws
 */
export async function serveHealth({ host, port, ready, metrics }: HealthOptions): Promise<HealthServer> {
  const answer = async (path: string | undefined): Promise<[code: number, type: string, body: string]> => {
    switch (path) {
      case '/health/live':
        return [200, JSON_TYPE, JSON.stringify({ status: 'ok' })];
      case '/health/ready': {
        const state = await ready();
        return [state.status === 'ready' ? 200 : 503, JSON_TYPE, JSON.stringify(state)];
      }
      case '/metrics':
        if (metrics !== undefined) return [200, metrics.contentType, await metrics.text()];
        return NOT_FOUND;
      default:
        return NOT_FOUND;
    }
  };
  const server = http.createServer({ requestTimeout: 10_000 }, ({ method, url }, response) => {
    const isRead = method === 'GET' || method === 'HEAD';
    answer(isRead ? url?.split('?')[0] : undefined).then(
      ([code, type, body]) => {
        response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' });
        response.end(method === 'HEAD' ? undefined : body);
      },
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${String(taken)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';
const NOT_FOUND: [number, string, string] = [404, JSON_TYPE, JSON.stringify({ status: 'not-found' })];
