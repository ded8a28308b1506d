import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVStore;

/** Runs the MongoDB-compatible server: Launcher PORT [FILE]. Without a file it keeps everything in memory. */
class Launcher {
    /** Its own versions report a wire version that today's drivers refuse. */
    static class Version implements MongoVersion {
        public List<Integer> getVersionArray() {
            return List.of(6, 0, 0);
        }

        public int getWireVersion() {
            return 17;
        }
    }

    /**
     * Keeps everything in a file, and writes it each second: SIGKILL loses what came since, as MongoDB without a
     * journal does. What is lost are the last commands, whole: H2 by itself writes one map before and another one after
     * a command, and comes back with what never was.
     */
    static class FileBackend extends H2Backend {
        private final ReentrantReadWriteLock commands = new ReentrantReadWriteLock(true);

        FileBackend(String file) {
            super(new MVStore.Builder().fileName(file).autoCommitDisabled().autoCommitBufferSize(0).open());
            var timer = Executors.newSingleThreadScheduledExecutor((work) -> {
                Thread thread = new Thread(work);
                thread.setDaemon(true);
                return thread;
            });
            timer.scheduleWithFixedDelay(this::save, 1, 1, TimeUnit.SECONDS);
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            commands.readLock().lock();
            try {
                return super.handleMessage(message);
            } finally {
                commands.readLock().unlock();
            }
        }

        private void save() {
            commands.writeLock().lock();
            try {
                commit();
            } finally {
                commands.writeLock().unlock();
            }
        }
    }

    public static void main(String[] args) {
        MongoBackend backend = args.length > 1 ? new FileBackend(args[1]) : new MemoryBackend();
        MongoServer server = new MongoServer(backend.version(new Version()));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        System.out.println("listens on port " + server.getLocalAddress().getPort());
    }
}
