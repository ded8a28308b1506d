import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AskHandler, SubmitHandler } from './dispatch';
import { JEJAK, type Jejak } from './jejak';

/** A Jejak and its buses, on one machine or on many. Closes the Jejak that it was given when the app ends. */
@Module({})
export class JejakModule implements OnApplicationShutdown {
  constructor(@Inject(JEJAK) private readonly jejak: Jejak) {}

  static forRoot(jejak: Jejak): DynamicModule {
    return {
      module: JejakModule,
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
