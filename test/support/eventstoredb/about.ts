import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { UUID } from '@eventstore/db-client/generated/shared_pb';
import { randomUUID } from 'node:crypto';

const METHODS = ['read', 'append', 'delete', 'tombstone', 'batchappend'];

/** What the server says that it can do. */
export function features(version: string): SupportedMethods {
  const methods = METHODS.map((name) =>
    new SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name),
  );
  return new SupportedMethods().setEventStoreServerVersion(version).setMethodsList(methods);
}

const INSTANCE = randomUUID();

/** A cluster of one, for clients that look for its leader. */
export function cluster(port: number): ClusterInfo {
  const member = new MemberInfo()
    .setInstanceId(new UUID().setString(INSTANCE))
    .setTimeStamp(String(BigInt(Date.now()) * 10_000n))
    .setState(MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new EndPoint().setAddress('127.0.0.1').setPort(port));
  return new ClusterInfo().setMembersList([member]);
}
