import { configFor, type LocalJejak, openJejak } from '@jejak/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { createApp } from '../../apps/api/src/create-app';
import { openAccountOf, PASSWORD } from './accounts';
import { AGENCY, CITY, setUpLines } from './budget-city';

export { AGENCY, CITY, disbursement, lineCode } from './budget-city';

/** A programme with budget lines, and a treasury system, which reports what was disbursed of them. */
export class TreasuryCity {
  /** added to the wall's clock, in milliseconds */
  shift = 0;
  private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-treasury-'));
  private opened: LocalJejak | undefined;
  private app: NestFastifyApplication | undefined;
  private given = 0;

  get jejak(): LocalJejak {
    if (this.opened === undefined) throw new Error('the city is not open');
    return this.opened;
  }

  static async open(lines: number): Promise<TreasuryCity> {
    const city = new TreasuryCity();
    const clock = (): number => Date.now() + city.shift;
    city.opened = await openJejak(configFor(city.directory), { worker: 'manual', clock });
    await setUpLines(city.jejak.commands, lines);
    await city.account('treasury', 'service', { role: 'officer', agency: AGENCY });
    await city.account('stranger', 'service');
    await city.account('person', 'person', { role: 'officer', agency: AGENCY });
    return city;
  }

  /** An account `u-<login>`, and the role it has. */
  async account(
    login: string,
    kind: 'person' | 'service',
    grant?: { readonly role: string; readonly agency?: string },
  ): Promise<void> {
    await openAccountOf(this.jejak, login, kind, grant && { programme: CITY, ...grant });
  }

  /** An access token of one of the accounts. */
  async token(login = 'treasury'): Promise<string> {
    return (await this.jejak.identity.signIn(login, PASSWORD)).accessToken;
  }

  /** A command of the office. */
  async give(type: string, stream: string, body: object): Promise<void> {
    const key = `given ${String(this.given++)}`;
    const actor = { subject: 'u-office', role: type.includes('Account') ? 'operator' : 'office' };
    await this.jejak.commands.run({ ...{ type, stream, key, actor, correlationId: key }, body: { ...body } });
  }

  /** The same installation behind HTTP. It closes the installation when it is closed. */
  async api(): Promise<NestFastifyApplication> {
    if (this.app !== undefined) return this.app;
    this.app = await createApp(this.jejak, pino({ level: 'silent' }));
    await this.app.init();
    await this.app.getHttpAdapter().getInstance().ready();
    return this.app;
  }

  async close(): Promise<void> {
    await (this.app ?? this.jejak).close();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
