package dev.backlot.engine.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;

/** A Flink cluster over its REST endpoint. Thread-safe. */
final class FlinkRest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final RestClusterClient<String> client;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();

  FlinkRest(String url) {
    this.url = url.replaceAll("/+$", "");
    URI uri = URI.create(this.url);
    Configuration settings = new Configuration();
    settings.set(RestOptions.ADDRESS, uri.getHost());
    settings.set(RestOptions.PORT, uri.getPort());
    try {
      this.client = new RestClusterClient<>(settings, "backlot");
    } catch (Exception e) {
      throw new IllegalStateException("Cannot make a client of Flink", e);
    }
  }

  /** Submits a job and returns its id. */
  String submit(JobGraph job) {
    try {
      return client.submitJob(job).get(60, TimeUnit.SECONDS).toHexString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("submit the job", "it was interrupted", e);
    } catch (Exception e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw unreachable("submit the job", String.valueOf(root.getMessage()), e);
    }
  }

  JsonNode get(String path) {
    return call("GET", path);
  }

  /** Asks a job to end without a savepoint; its tables are its checkpoint. */
  void cancel(String jobId) {
    call("PATCH", "/jobs/" + jobId + "?mode=cancel");
  }

  private JsonNode call(String method, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(PATIENCE)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2 && response.statusCode() != 404) {
        throw unreachable("ask Flink", "status " + response.statusCode() + " of " + path, null);
      }
      return response.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(response.body());
    } catch (IOException e) {
      throw unreachable("ask Flink", "it does not answer at " + url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("ask Flink", "it was interrupted", e);
    }
  }

  @SuppressWarnings("NullAway") // an exception's cause may be null
  private static ProblemException unreachable(
      String verb, String cause, @org.jspecify.annotations.Nullable Exception reason) {
    return new ProblemException(
        ProblemCode.DATA_PLANE_UNREACHABLE,
        "Cannot " + verb + ": " + cause + ". Try again in a moment.",
        reason);
  }

  @Override
  public void close() {
    client.close();
  }
}
