import { hashPassword } from '@jejak/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pino from 'pino';
import { createApp } from '../../apps/api/src/create-app';
import { ImportCity } from './import-city';

/** A city behind the API, in this process, and its office signed in. */
export class ApiCity {
  private constructor(
    readonly city: ImportCity,
    readonly app: NestFastifyApplication,
    /** the header of the office's requests */
    readonly authorization: string,
  ) {}

  static async open(): Promise<ApiCity> {
    const city = await ImportCity.open();
    const account = { login: 'office', password: 'kata-sandi-uji' };
    const passwordHash = await hashPassword(account.password);
    await city.jejak.credentials.save({ subject: 'p-office', login: account.login, passwordHash });
    const app = await createApp(city.jejak, pino({ level: 'silent' }));
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const session = await app.inject({ method: 'POST', url: '/v1/session', payload: account });
    return new ApiCity(city, app, `Bearer ${session.json<{ accessToken: string }>().accessToken}`);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.city.close();
  }
}
