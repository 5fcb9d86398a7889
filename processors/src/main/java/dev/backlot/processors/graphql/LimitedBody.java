package dev.backlot.processors.graphql;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects a response's body up to a limit; a longer one ends the exchange. */
final class LimitedBody implements HttpResponse.BodySubscriber<byte[]> {
  private final long limit;
  private final List<ByteBuffer> parts = new ArrayList<>();
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private long size;
  private Flow.@Nullable Subscription subscription;

  private LimitedBody(long limit) {
    this.limit = limit;
  }

  /** The body was longer than allowed. */
  static final class TooLong extends java.io.IOException {
    private static final long serialVersionUID = 1L;

    TooLong() {
      super("The body is too long");
    }
  }

  static HttpResponse.BodyHandler<byte[]> of(long limit) {
    return response -> new LimitedBody(limit);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      size += buffer.remaining();
    }
    if (size > limit) {
      parts.clear();
      if (subscription != null) {
        subscription.cancel();
      }
      body.completeExceptionally(new TooLong());
      return;
    }
    parts.addAll(buffers);
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    byte[] all = new byte[(int) size];
    int at = 0;
    for (ByteBuffer part : parts) {
      int length = part.remaining();
      part.get(all, at, length);
      at += length;
    }
    body.complete(all);
  }
}
