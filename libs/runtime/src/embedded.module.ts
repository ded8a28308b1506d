import path from 'node:path';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { JEJAK, type Jejak } from './jejak';
import { JejakModule } from './jejak.module';
import { type ServedSocket, serveSocket } from './socket/server';
import { JejakService } from './socket/service';
import { FILES } from './stores';

/** One machine: this process has the data directory, so that it writes for the command line, too. */
@Module({})
export class EmbeddedModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private socket: ServedSocket | undefined;

  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  static forRoot(jejak: Jejak): DynamicModule {
    return { module: EmbeddedModule, imports: [JejakModule.forRoot(jejak)] };
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
}
