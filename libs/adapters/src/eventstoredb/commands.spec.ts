import { runCommandContract, runRelayContract } from '@jejak/core/testing';
import { eventStoreLog } from '../../../../test/support/eventstoredb/event-log';

runCommandContract('EventStoreDB', eventStoreLog, { commands: 200 });

runRelayContract('EventStoreDB', eventStoreLog, { series: 5 });
