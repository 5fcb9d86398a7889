package dev.backlot.controller.schema;

import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.registry.SubjectUse;
import dev.backlot.schema.Names;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The subjects of Sources' topics, of every epoch, and of Sources that are not captured any more
 * too: their topics stay and are read.
 */
public final class SourceSubjects implements SubjectUse {
  private static final String CONTROL = "backlot.control";
  private static final List<String> SUFFIXES = List.of("-key", "-value");

  private final SourceStore sources;

  /** Looks Sources up here. */
  public SourceSubjects(SourceStore sources) {
    this.sources = sources;
  }

  @Override
  public Optional<String> userOf(String subject) {
    if (subject.equals(CONTROL)) {
      return Optional.of("every Source");
    }
    return SUFFIXES.stream()
        .filter(subject::endsWith)
        .map(suffix -> subject.substring(0, subject.length() - suffix.length()))
        .flatMap(
            topic ->
                sources.listEvenRemoved().stream()
                    .map(SourceStore.StoredSource::descriptor)
                    .filter(source -> hasTopic(source, topic)))
        .map(source -> "Source '" + source.name() + "'")
        .findFirst();
  }

  private static boolean hasTopic(SourceDescriptor source, String topic) {
    return source.topic().equals(topic)
        || IntStream.rangeClosed(1, source.epoch())
            .anyMatch(epoch -> Names.topicOf(source.name(), epoch).equals(topic));
  }
}
