import { createHash } from 'node:crypto';
import { streamName } from '@jejak/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pino from 'pino';
import { ImportCity, PROGRAMME } from '../../../../test/support/import-city';
import { createApp } from '../create-app';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const HREF = `/v1/programmes/${PROGRAMME}/phases/1/snapshot`;

describe('the address of the server, opened', () => {
  let city: ImportCity;
  let app: NestFastifyApplication;
  let url: string;
  const open = (accept: string, language = 'en') =>
    fetch(url, { headers: { accept, 'accept-language': language } });

  beforeAll(async () => {
    city = await ImportCity.open();
    app = await createApp(city.jejak, pino({ level: 'silent' }));
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/`;
  });
  afterAll(async () => {
    await app.close();
    await city.close();
  });

  async function publish(): Promise<void> {
    const phases = streamName('phase', PROGRAMME);
    const dates = { period: { from: '2023-01-01', to: '2023-11-30' }, cutOff: '2023-11-30' };
    const phase = { phase: '1', name: 'Fase <b>I</b> & "akhir"', ...dates, reportDue: '2023-12-10' };
    await city.give('SchedulePhase', phases, phase, 'office');
    await city.give('OpenPhase', phases, { phase: '1' }, 'office');
    await city.give('ClosePhase', phases, { phase: '1' }, 'office');
    await city.jejak.drain(PROGRAMME);
    await city.jejak.project();
    expect(await (await open(BROWSER)).text()).toContain('Nothing has been published yet.');
    await city.give('PublishPhase', phases, { phase: '1', seal: 1 }, 'office');
    await city.jejak.project();
  }

  it('shows the published snapshots and where to go on, as a page without scripts', async () => {
    await publish();
    const response = await open(BROWSER);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('vary')).toBe('accept, accept-language');
    expect(html).toContain('<html lang="en">');
    expect(html).toContain(
      `<a href="${HREF}">Kota Uji, Fase &#60;b&#62;I&#60;/b&#62; &#38; &#34;akhir&#34;</a>: `,
    );
    expect(html).not.toMatch(/<script|<b>|src=|https?:/);
    for (const [, href = ''] of html.matchAll(/href="([^"]+)"/g)) {
      const found = await fetch(new URL(href, url));
      // Nobody folds the views here, so that the server is not ready.
      expect([href, found.status]).toEqual([href, href === '/health/ready' ? expect.any(Number) : 200]);
    }
  });

  it('allows a browser its one style, and nothing else', async () => {
    const response = await open(BROWSER);
    const style = /<style>([^]*)<\/style>/.exec(await response.text())?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    );
  });

  it('is in Indonesian for who reads that', async () => {
    const response = await open(BROWSER, 'id-ID,id;q=0.9,en;q=0.8');
    expect(response.headers.get('content-language')).toBe('id');
    const html = await response.text();
    expect(html).toContain('<html lang="id">');
    expect(html).toContain('Angka yang dipublikasikan');
  });

  it.each(['*/*', 'application/json', 'application/json, text/html;q=0.5', 'text/html;q=0'])(
    'is JSON for %s',
    async (accept) => {
      const response = await open(accept);
      expect(response.headers.get('content-type')).toContain('application/json');
      expect(await response.json()).toMatchObject({
        name: 'Jejak',
        published: [{ programme: PROGRAMME, phase: 'Fase <b>I</b> & "akhir"', href: HREF }],
        links: { document: '/v1/openapi.json' },
      });
    },
  );

  it('stays open while the views cannot be read', async () => {
    const broken = jest.spyOn(city.jejak.ask, 'answer').mockRejectedValue(new Error('broken'));
    try {
      const response = await open(BROWSER);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('cannot be read at the moment');
    } finally {
      broken.mockRestore();
    }
  });
});
