import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AskHandler, SubmitHandler } from './dispatch';
import { JEJAK, type Jejak } from './jejak';

/** One machine: everything in this process and its data directory. Closes what it was given when the app ends. */
@Module({})
export class EmbeddedModule implements OnApplicationShutdown {
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

  async onApplicationShutdown(): Promise<void> {
    await this.jejak.close();
  }
}
