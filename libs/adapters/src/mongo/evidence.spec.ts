import { evidenceContract } from '@jejak/core/testing';
import { mongoEvidence } from '../../../../test/support/mongo';
import { describeWith } from '../../../../test/support/servers';

describeWith('mongodb', 'MongoDB', (address) => {
  evidenceContract('MongoDB', mongoEvidence(address));
});
