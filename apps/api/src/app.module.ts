import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { EmbeddedModule, type Jejak, JejakModule } from '@jejak/runtime';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { AccessLogController, AccountsController } from './controllers/accounts.controller';
import { ActionsController } from './controllers/actions.controller';
import { BudgetController } from './controllers/budget.controller';
import { CsrController } from './controllers/csr.controller';
import { DoorController } from './controllers/door.controller';
import { EvidenceController } from './controllers/evidence.controller';
import { FindingsController } from './controllers/findings.controller';
import { GrantsController } from './controllers/grants.controller';
import { HealthController } from './controllers/health.controller';
import { MeController } from './controllers/me.controller';
import { PhasesController } from './controllers/phases.controller';
import { ProblemsController } from './controllers/problems.controller';
import { ProgrammeController, ProgrammesController } from './controllers/programmes.controller';
import { SessionController } from './controllers/session.controller';
import { SheetsController } from './controllers/sheets.controller';
import { EntryGuard } from './http/entry.guard';
import { ProblemFilter } from './http/problem.filter';
import { LOGGER } from './tokens';

const controllers = [
  AccessLogController,
  AccountsController,
  ActionsController,
  BudgetController,
  CsrController,
  DoorController,
  EvidenceController,
  FindingsController,
  GrantsController,
  HealthController,
  MeController,
  PhasesController,
  ProblemsController,
  ProgrammeController,
  ProgrammesController,
  SessionController,
  SheetsController,
];

@Module({})
export class AppModule {
  static forRoot(jejak: Jejak, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        (jejak.config.mode === 'distributed' ? JejakModule : EmbeddedModule).forRoot(jejak),
        // For what Nest says. Requests have lines of their own, in logRequests.
        LoggerModule.forRoot({ pinoHttp: { logger, autoLogging: false }, forRoutes: [] }),
      ],
      controllers,
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: APP_GUARD, useClass: EntryGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
