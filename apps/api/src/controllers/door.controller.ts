import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ask, INSTALLATION, JEJAK, type Jejak, type ProgrammeRow, questions } from '@jejak/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf } from '../http/language';

/** What is published of a programme, and where it is read. */
interface Published {
  readonly programme: string;
  readonly name: string;
  readonly phase: string;
  readonly cutOff: string;
  readonly figure: string;
  readonly href: string;
}

const TEXTS = {
  en: {
    about: 'A record of what the agencies of a city did in a programme, and how far it has come.',
    published: 'Published figures',
    none: 'Nothing has been published yet.',
    unread: 'What is published cannot be read at the moment. Try again in a while.',
    cutOff: 'as of',
    more: 'More',
    document: 'Description of the interface (OpenAPI, JSON)',
    programmes: 'All published programmes (JSON)',
    problems: 'Every error and every rule, by its code (JSON)',
    health: 'Whether this server can do all its work (JSON)',
  },
  id: {
    about: 'Catatan kerja perangkat daerah dalam sebuah program, dan sejauh mana program itu berjalan.',
    published: 'Angka yang dipublikasikan',
    none: 'Belum ada yang dipublikasikan.',
    unread: 'Publikasi sedang tidak dapat dibaca. Coba lagi sebentar lagi.',
    cutOff: 'per',
    more: 'Lainnya',
    document: 'Deskripsi antarmuka (OpenAPI, JSON)',
    programmes: 'Semua program yang dipublikasikan (JSON)',
    problems: 'Semua galat dan aturan menurut kodenya (JSON)',
    health: 'Apakah server ini dapat bekerja sepenuhnya (JSON)',
  },
} as const;
type Texts = (typeof TEXTS)[keyof typeof TEXTS];

const LINKS = [
  ['programmes', '/v1/programmes'],
  ['document', '/v1/openapi.json'],
  ['problems', '/problems'],
  ['health', '/health/ready'],
] as const;

const STYLE =
  ':root{color-scheme:light dark}body{font:1.1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:auto;padding:1.5rem}';
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** What a person meets who opens the server's address: what this is, what is published, and where to go on. */
@ApiExcludeController()
@Controller()
export class DoorController {
  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  @Get()
  async door(@Req() { headers }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const language = languageOf(headers['accept-language']);
    const texts = TEXTS[language];
    const published = await this.published();
    void reply
      .header('vary', 'accept, accept-language')
      .header('cache-control', 'no-cache')
      .header('content-language', language);
    if (prefersHtml(headers.accept)) {
      void reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY);
      return page(language, texts, published);
    }
    return {
      name: 'Jejak',
      about: texts.about,
      published: published ?? [],
      links: Object.fromEntries(LINKS),
    };
  }

  /** What anybody may see; undefined while it cannot be read, which is no reason to keep the door shut. */
  private async published(): Promise<readonly Published[] | undefined> {
    try {
      const sought = { programme: INSTALLATION, params: {} };
      const { answer } = await ask(this.jejak, questions.programmes, sought, {});
      return (answer as { readonly items: readonly ProgrammeRow[] }).items.flatMap(publishedOf);
    } catch {
      return undefined;
    }
  }
}

function publishedOf({ programme, name, phases, published }: ProgrammeRow): Published[] {
  if (published === null) return [];
  const { phase: code, cutOff, figure } = published;
  const phase = phases.find((each) => each.code === code)?.name ?? code;
  const { displayed, numerator, denominator } = (figure ?? {}) as { readonly [part: string]: unknown };
  const shown =
    typeof displayed === 'string' ? `${displayed} % (${String(numerator)}/${String(denominator)})` : '–';
  const href = `/v1/programmes/${encodeURIComponent(programme)}/phases/${encodeURIComponent(code)}/snapshot`;
  return [{ programme, name, phase, cutOff, figure: shown, href }];
}

function page(language: string, texts: Texts, published: readonly Published[] | undefined): string {
  const rows = published?.map(
    ({ name, phase, cutOff, figure, href }) =>
      `<li><a href="${escaped(href)}">${escaped(`${name}, ${phase}`)}</a>: ${escaped(figure)}, ${texts.cutOff} <time datetime="${escaped(cutOff)}">${escaped(cutOff)}</time></li>`,
  );
  const list = rows === undefined ? texts.unread : rows.length === 0 ? texts.none : undefined;
  const links = LINKS.map(([name, href]) => `<li><a href="${href}">${texts[name]}</a></li>`);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jejak</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Jejak</h1>
<p>${texts.about}</p>
<h2>${texts.published}</h2>
${list === undefined ? `<ul>\n${rows?.join('\n')}\n</ul>` : `<p>${list}</p>`}
<nav aria-labelledby="more">
<h2 id="more">${texts.more}</h2>
<ul>
${links.join('\n')}
</ul>
</nav>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

/** Whether a reader would rather have a page than JSON: a browser says so, a program does not. */
function prefersHtml(accept = ''): boolean {
  const quality = (type: string): number => {
    for (const part of accept.toLowerCase().split(',')) {
      const [name, ...parameters] = part.trim().split(/\s*;\s*/);
      if (name !== type) continue;
      const q = parameters.find((each) => each.startsWith('q='))?.slice(2);
      return q === undefined ? 1 : Number(q) || 0;
    }
    return 0;
  };
  return quality('text/html') > quality('application/json');
}
