import { StoreUnavailable } from '@jejak/core';
import { mongo } from 'mongoose';
import { asPort } from './connection';

describe('what a call to MongoDB fails on', () => {
  const failing = (error: Error): Promise<unknown> =>
    asPort(() => Promise.reject(error)).catch((thrown: unknown) => thrown);

  it('is that the store is unavailable where the connection breaks, whoever says so', async () => {
    const ofTheSystem = Object.assign(new Error('write ECONNRESET'), {
      code: 'ECONNRESET',
      syscall: 'write',
    });
    for (const error of [ofTheSystem, new mongo.MongoNetworkError('connection closed')])
      expect(await failing(error)).toBeInstanceOf(StoreUnavailable);
  });

  it('is what it is where the software is wrong', async () => {
    const error = new TypeError('undefined is no function');
    expect(await failing(error)).toBe(error);
  });
});
