package dev.backlot.controller.document;

import java.util.List;

/**
 * What a change does to the world, in plain words.
 *
 * @param sources Sources that begin or end
 * @param jobs jobs that start, are replaced or stop
 * @param topics topics that are read
 * @param tables tables that are created or written
 * @param notes what else a person should know
 */
record Effects(
    List<String> sources,
    List<String> jobs,
    List<String> topics,
    List<String> tables,
    List<String> notes) {
  static final Effects NONE = new Effects(List.of(), List.of(), List.of(), List.of(), List.of());

  Effects {
    sources = List.copyOf(sources);
    jobs = List.copyOf(jobs);
    topics = List.copyOf(topics);
    tables = List.copyOf(tables);
    notes = List.copyOf(notes);
  }
}
