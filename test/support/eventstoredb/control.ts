import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fate } from './record';
import type { StandIn } from './stand-in';

/**
 * A door for tests in other processes: `POST /fate` with a JSON body `{ "next": 3, "fate": { ... } }` gives the next
 * three appends that fate (see Fate); `POST /cut` cuts all connections and listens again; `GET /calls` counts calls.
 */
export async function openControl(
  standIn: StandIn,
  port = 0,
): Promise<{ readonly port: number; close(): void }> {
  let waiting: Fate[] = [];
  standIn.fate = () => waiting.shift();
  const server = http.createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const what = `${request.method ?? ''} ${request.url ?? ''}`;
      if (what === 'GET /calls') {
        response.end(JSON.stringify(Object.fromEntries(standIn.calls)));
        return;
      }
      if (what === 'POST /fate') {
        const { next, fate } = JSON.parse(text) as { next: number; fate: Fate };
        waiting = Array.from({ length: next }, () => fate);
      } else if (what === 'POST /cut') {
        await standIn.halt();
        await standIn.resume();
      } else response.statusCode = 404;
      response.end();
    })().catch((error: unknown) => {
      response.statusCode = 400;
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
