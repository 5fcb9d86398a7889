package dev.backlot.engine.batch;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** What a batched step counts. */
final class BatchMetrics {
  private static final int WINDOW = 1_000;

  /** Requests with questions, repeated ones included. */
  final Counter requests;

  /** Questions asked, repeated ones included. */
  final Counter entities;

  final Counter cacheHits;

  /** Rows in whose place a newer one of their key was asked about. */
  final Counter coalesced;

  final Counter retries;

  /** Questions that were given up. */
  final Counter failures;

  /** Rows whose question was given up. */
  final Counter deadLetters;

  /** How often the breaker opened. */
  final Counter outages;

  /** Milliseconds from request to reply. */
  final Histogram latency;

  BatchMetrics(MetricGroup group) {
    requests = group.counter("requests");
    entities = group.counter("entities");
    cacheHits = group.counter("cacheHits");
    coalesced = group.counter("coalesced");
    retries = group.counter("retries");
    failures = group.counter("failures");
    deadLetters = group.counter("deadLetters");
    outages = group.counter("outages");
    latency = group.histogram("requestMillis", new DescriptiveStatisticsHistogram(WINDOW));
  }
}
