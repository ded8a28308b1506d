import { eventLogContract, logCopyContract } from '@jejak/core/testing';
import { eventStoreLog } from '../../../../test/support/eventstoredb/event-log';

eventLogContract('EventStoreDB', eventStoreLog, { rounds: 20 });

logCopyContract('EventStoreDB', (clock) => eventStoreLog(clock, { patience: 1_000, gateMemory: 300 }));
