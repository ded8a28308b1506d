import { viewStoreContract } from '@jejak/core/testing';
import { mongoViewStore } from '../../../../test/support/mongo';
import { describeWith } from '../../../../test/support/servers';

describeWith('mongodb', 'MongoDB', (address) => {
  viewStoreContract('MongoDB', mongoViewStore(address));
});
