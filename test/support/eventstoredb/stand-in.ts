import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import type { Empty } from '@eventstore/db-client/generated/shared_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from '@grpc/grpc-js';
import { cluster, features } from './about';
import { append, type AppendSettings } from './appends';
import { batchAppend } from './batches';
import { deleteStream, tombstoneStream } from './deletes';
import { type LogOptions, StandInLog } from './log';
import { read } from './reads';
import type { Fate, Kept } from './record';
import { requiring, type SignIn } from './sign-in';

export interface StandInOptions extends LogOptions {
  readonly port?: number | undefined;
  /** the version that the server says it is; 23.10.0 when undefined */
  readonly version?: string;
  /** bytes in one append, at most; 1 MiB when undefined, as on the real server */
  readonly maxAppendSize?: number;
  /** PEM texts: the server then speaks TLS only */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** whom the server lets in, by basic authentication; everybody when undefined */
  readonly signIn?: SignIn;
}

/**
 * A stand-in for EventStoreDB: it speaks the streams part of its gRPC protocol, and keeps a log of its own, in memory
 * and, where it is told to, in a file. It is for tests, and no EventStoreDB.
 */
export class StandIn {
  /** what becomes of each append that comes, by its stream; the ordinary when it gives nothing */
  fate: ((stream: string) => Fate | undefined) | undefined;
  /** calls so far, by the method's name */
  readonly calls = new Map<string, number>();
  private server: Server | undefined;
  private port: number;

  private constructor(
    private readonly options: StandInOptions,
    private log: StandInLog,
  ) {
    this.port = options.port ?? 0;
  }

  /** Starts a server on 127.0.0.1; it listens when this resolves. */
  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const standIn = new StandIn(options, new StandInLog(options));
    await standIn.listen();
    return standIn;
  }

  /** The connection string of a client. */
  get address(): string {
    return `esdb://127.0.0.1:${String(this.port)}?tls=${this.options.tls === undefined ? 'false' : 'true'}`;
  }

  get listensOn(): number {
    return this.port;
  }

  /** What a stream holds, byte for byte, shown or not. */
  stored(stream: string): readonly Kept[] {
    return this.log.stream(stream)?.events ?? [];
  }

  /** Cuts all connections and listens no more; what was written stays. */
  async halt(): Promise<void> {
    this.server?.forceShutdown();
    this.server = undefined;
  }

  /** Listens again, on the same port; where there is a file, with what that holds. */
  async resume(): Promise<void> {
    if (this.options.file !== undefined) {
      this.log.close();
      this.log = new StandInLog(this.options);
    }
    await this.listen();
  }

  async stop(): Promise<void> {
    await this.halt();
    this.log.close();
  }

  private async listen(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    const log = (): StandInLog => this.log;
    const settings: AppendSettings = {
      log,
      maxAppendSize: this.options.maxAppendSize ?? 1024 * 1024,
      fate: (stream) => this.fate?.(stream) ?? {},
    };
    // Messages that are read are made once for all readers.
    const asIs = (message: Uint8Array): Buffer => Buffer.from(message);
    const streams = { ...StreamsService, read: { ...StreamsService.read, responseSerialize: asIs } };
    server.addService(
      streams,
      this.counted(
        {
          read: read(log),
          append: append(settings),
          batchAppend: batchAppend(settings),
          delete: deleteStream(log),
          tombstone: tombstoneStream(log),
        },
        this.options.signIn,
      ),
    );
    server.addService(
      ServerFeaturesService,
      this.counted({
        getSupportedMethods: (
          _: ServerUnaryCall<Empty, SupportedMethods>,
          reply: sendUnaryData<SupportedMethods>,
        ) => reply(null, features(this.options.version ?? '23.10.0')),
      }),
    );
    server.addService(GossipService, {
      read: (_: ServerUnaryCall<Empty, ClusterInfo>, reply: sendUnaryData<ClusterInfo>) =>
        reply(null, cluster(this.port)),
    });
    this.port = await bound(server, this.port, this.credentials());
    this.server = server;
  }

  /** The methods of a service, counted; for those who signed in only, where the server asks for that. */
  private counted<T extends Record<string, (call: never, reply: never) => void>>(
    methods: T,
    signIn?: SignIn,
  ): T {
    const wrapped = Object.entries(methods).map(([name, method]) => {
      const guarded = signIn === undefined ? method : requiring(signIn, method);
      const counted = (call: never, reply: never): void => {
        this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
        guarded(call, reply);
      };
      return [name, counted] as const;
    });
    return Object.fromEntries(wrapped) as T;
  }

  private credentials(): ServerCredentials {
    const { tls } = this.options;
    if (tls === undefined) return ServerCredentials.createInsecure();
    const pair = { cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) };
    return ServerCredentials.createSsl(null, [pair]);
  }
}

function bound(server: Server, port: number, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${String(port)}`, credentials, (error, found) => {
      if (error === null) resolve(found);
      else reject(error);
    });
  });
}
