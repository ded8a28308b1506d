import path from 'node:path';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AskHandler, SubmitHandler } from './dispatch';
import { JEJAK, type Jejak } from './jejak';
import { type ServedSocket, serveSocket } from './socket/server';
import { JejakService } from './socket/service';
import { FILES } from './stores';

/**
 * One machine: everything in this process and its data directory. While the app runs it also writes for the command
 * line; it closes what it was given when the app ends.
 */
@Module({})
export class EmbeddedModule
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private socket: ServedSocket | undefined;

  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  static forRoot(jejak: Jejak): DynamicModule {
    return {
      module: EmbeddedModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      providers: [{ provide: JEJAK, useValue: jejak }, SubmitHandler, AskHandler],
      exports: [JEJAK, CqrsModule],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    const file = path.join(this.jejak.config.dataDirectory, FILES.socket);
    try {
      this.socket = await serveSocket(new JejakService(this.jejak), file);
    } catch (error) {
      // Without it the command line cannot write while the server runs; all else works.
      new Logger('socket').warn(`the command line cannot reach this server: ${(error as Error).message}`);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.socket?.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.jejak.close();
  }
}
