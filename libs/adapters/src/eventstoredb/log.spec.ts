import { eventLogContract } from '@jejak/core/testing';
import { eventStoreLog } from '../../../../test/support/eventstoredb/event-log';

eventLogContract('EventStoreDB', eventStoreLog, { rounds: 20 });
