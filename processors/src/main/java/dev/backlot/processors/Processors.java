package dev.backlot.processors;

import dev.backlot.sdk.Processor;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The processors of a process, built-in ones and plugins on the class path. Thread-safe. */
public final class Processors {
  private final Map<String, Processor> byType = new TreeMap<>();

  private Processors(Iterable<Processor> processors) {
    processors.forEach(processor -> byType.put(processor.descriptor().type(), processor));
  }

  /** Returns every processor that the class path offers. */
  public static Processors load() {
    return new Processors(ServiceLoader.load(Processor.class, Processors.class.getClassLoader()));
  }

  /** Returns the processor of this type. */
  public Optional<Processor> find(String type) {
    return Optional.ofNullable(byType.get(type));
  }

  /** Returns all processors by type. */
  public Collection<Processor> all() {
    return byType.values();
  }
}
