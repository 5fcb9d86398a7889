package dev.backlot.embedded;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;

/**
 * A Flink cluster inside this JVM with its REST endpoint on loopback, so that jobs reach it the
 * same way as a remote one. Jobs end with the JVM: whoever submitted them submits them again.
 */
public final class FlinkCluster implements AutoCloseable {
  private final Builder builder;
  private final MiniCluster cluster;
  private final int restPort;

  private FlinkCluster(Builder builder, MiniCluster cluster, int restPort) {
    this.builder = builder;
    this.cluster = cluster;
    this.restPort = restPort;
  }

  /** Prepares a cluster that keeps its scratch files in a directory. */
  public static Builder at(Path directory) {
    return new Builder(directory.toAbsolutePath().normalize(), false);
  }

  /** Prepares a cluster with a scratch directory that {@link #close()} deletes; for tests. */
  public static Builder temporary() {
    return new Builder(Directories.temporary("backlot-flink-"), true);
  }

  /** What a cluster is started with. */
  public static final class Builder {
    private final Path directory;
    private final boolean temporary;
    private final Configuration configuration = new Configuration();
    private int slots = 4;
    private int restPort;

    private Builder(Path directory, boolean temporary) {
      this.directory = directory;
      this.temporary = temporary;
      configuration.set(JobManagerOptions.ADDRESS, "127.0.0.1");
      configuration.set(RestOptions.ADDRESS, "127.0.0.1");
      configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
      configuration.set(WebOptions.REFRESH_INTERVAL, Duration.ofMillis(100));
      configuration.set(WebOptions.SUBMIT_ENABLE, false);
      configuration.set(WebOptions.CANCEL_ENABLE, true);
      configuration.set(WebOptions.MAX_EXCEPTION_HISTORY_SIZE, 8);
      configuration.set(JobManagerOptions.MAX_ATTEMPTS_HISTORY_SIZE, 4);
      configuration.set(JobManagerOptions.JOB_STORE_MAX_CAPACITY, 20);
      configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
      configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
      configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
      configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofMinutes(2));
    }

    /** Sets the REST endpoint's port; 0, the default, takes a free one. */
    public Builder restPort(int newPort) {
      this.restPort = newPort;
      return this;
    }

    /** Sets how many parallel pipelines fit; a job at parallelism 1 needs one. */
    public Builder slots(int newSlots) {
      this.slots = newSlots;
      return this;
    }

    /** Sets a Flink option by its key. */
    public Builder setting(String key, String value) {
      configuration.setString(key, value);
      return this;
    }

    /** Starts the cluster and returns when its REST endpoint answers. */
    public FlinkCluster start() {
      try {
        Directories.delete(directory);
        Files.createDirectories(directory);
        Configuration started = new Configuration(configuration);
        started.set(CoreOptions.TMP_DIRS, directory.toString());
        started.set(RestOptions.PORT, restPort);
        started.set(RestOptions.BIND_PORT, String.valueOf(restPort));
        MiniCluster cluster =
            new MiniCluster(
                new MiniClusterConfiguration.Builder()
                    .setConfiguration(started)
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(slots)
                    .setRpcServiceSharing(RpcServiceSharing.SHARED)
                    .build());
        cluster.start();
        int port = cluster.getRestAddress().get(30, TimeUnit.SECONDS).getPort();
        return new FlinkCluster(this, cluster, port);
      } catch (Exception e) {
        throw new ProblemException(
            ProblemCode.INTERNAL,
            "Cannot start Flink in '"
                + directory
                + "': "
                + e.getMessage()
                + ". See the data plane's log.",
            e);
      }
    }
  }

  /** Returns the REST endpoint, such as {@code http://127.0.0.1:8083}. */
  public String restUrl() {
    return "http://127.0.0.1:" + restPort;
  }

  /** Ends the cluster and its jobs. */
  @Override
  public void close() {
    try {
      cluster.closeAsync().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("Cannot stop Flink", e);
    } finally {
      if (builder.temporary) {
        Directories.delete(builder.directory);
      }
    }
  }
}
