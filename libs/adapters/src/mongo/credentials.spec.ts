import { credentialsContract } from '@jejak/core/testing';
import { mongoCredentials } from '../../../../test/support/mongo';
import { describeWith } from '../../../../test/support/servers';

describeWith('mongodb', 'MongoDB', (address) => {
  credentialsContract('MongoDB', mongoCredentials(address));
});
