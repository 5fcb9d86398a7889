package dev.backlot.spec;

import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecHeader;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.model.spec.StepSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads documents offline: everything that can be said about a document without looking at other
 * documents, databases or tables. YAML 1.2, and so JSON, too.
 */
public final class SpecReader {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
  private static final int LONGEST_NAME = 50;
  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new CoreSchema())
          .setAllowDuplicateKeys(true)
          .setMaxAliasesForCollections(20)
          .setCodePointLimit(64 * 1024 * 1024)
          .build();

  private SpecReader() {}

  /**
   * Reads all documents of a file.
   *
   * @param file the file as the user named it, for the problems' places
   * @param text one or more YAML documents
   */
  public static Documents read(String file, String text) {
    Findings findings = new Findings(file, text);
    List<Spec> specs = new ArrayList<>();
    List<Spec> drafts = new ArrayList<>();
    try {
      Iterator<Node> nodes = new Compose(SETTINGS).composeAllFromString(text).iterator();
      while (nodes.hasNext()) {
        readDocument(nodes.next(), findings, drafts, new ArrayList<>()).ifPresent(specs::add);
      }
    } catch (YamlEngineException e) {
      findings.about("file '" + file + "'");
      findings.report(
          ProblemCode.SPEC_NOT_YAML,
          placeOf(e, findings, file),
          "it is not YAML, " + cause(e),
          "Correct the text there.");
    } catch (StackOverflowError e) {
      findings.about("file '" + file + "'");
      findings.report(
          ProblemCode.SPEC_NOT_YAML,
          new Place(file, 0, 0, ""),
          "it is nested too deep",
          "Flatten it.");
    }
    return withoutDuplicates(specs, findings.problems(), drafts);
  }

  /**
   * Reads a pipeline that somebody is still writing: whatever can be made of its steps, and
   * everything that is wrong. Of several pipelines, the first.
   */
  public static Sketch sketch(String text) {
    List<PipelineSpec> sketches = new ArrayList<>();
    Findings findings = new Findings("", text);
    try {
      for (Node node : new Compose(SETTINGS).composeAllFromString(text)) {
        readDocument(node, findings, new ArrayList<>(), sketches);
      }
    } catch (YamlEngineException | StackOverflowError e) {
      return new Sketch(Optional.empty(), read("", text).problems());
    }
    return new Sketch(sketches.stream().findFirst(), findings.problems());
  }

  /** Reads several files as one set: file name → text, in order. */
  public static Documents readAll(Map<String, String> files) {
    List<Spec> specs = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    List<Spec> drafts = new ArrayList<>();
    files.forEach(
        (file, text) -> {
          Documents documents = read(file, text);
          specs.addAll(documents.specs());
          problems.addAll(documents.problems());
          drafts.addAll(documents.drafts());
        });
    return withoutDuplicates(specs, problems, drafts);
  }

  private static Documents withoutDuplicates(
      List<Spec> specs, List<Problem> found, List<Spec> drafts) {
    List<Spec> unique = new ArrayList<>();
    List<Problem> problems = new ArrayList<>(found);
    Map<String, Spec> first = new HashMap<>();
    for (Spec spec : specs) {
      SpecHeader header = spec.header();
      Spec earlier = first.putIfAbsent(header.kind() + "/" + header.name(), spec);
      if (earlier == null) {
        unique.add(spec);
        continue;
      }
      problems.add(
          new Problem(
              ProblemCode.SPEC_DUPLICATE_NAME,
              "Cannot read "
                  + subject(header.kind(), header.name())
                  + ": the name is already used at "
                  + earlier.header().place()
                  + ". Rename one of them.",
              header.place()));
    }
    return new Documents(unique, problems, drafts);
  }

  private static Optional<Spec> readDocument(
      Node node, Findings findings, List<Spec> drafts, List<PipelineSpec> sketches) {
    findings.about("document");
    if (Tag.NULL.equals(node.getTag())) {
      return Optional.empty();
    }
    if (!(node instanceof MappingNode mapping)) {
      findings.report(
          ProblemCode.SPEC_WRONG_SHAPE,
          node,
          "",
          "it is " + MapReader.describe(node) + ", not a mapping",
          "Start it with 'apiVersion: " + Spec.API_VERSION + "'.");
      return Optional.empty();
    }
    int before = findings.count();
    MapReader map = new MapReader(findings, mapping, "");
    Optional<String> name = map.required("name");
    Optional<String> kindText = map.required("kind");
    Optional<SpecKind> kind = kindText.flatMap(text -> kind(text, map));
    name.ifPresent(
        text -> findings.about(kind.map(k -> subject(k, text)).orElse("document '" + text + "'")));
    map.required("apiVersion")
        .filter(version -> !version.equals(Spec.API_VERSION))
        .ifPresent(
            version ->
                map.invalid(
                    "apiVersion",
                    "apiVersion '" + version + "' is unknown",
                    "Write 'apiVersion: " + Spec.API_VERSION + "'."));
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    SpecHeader header = header(kind.get(), name.orElse("unnamed"), map);
    Set<String> broken = Set.of();
    Spec spec;
    switch (kind.get()) {
      case CONNECTION -> spec = ConnectionReader.read(header, map, findings);
      case AUDIT -> spec = AuditReader.read(header, map);
      case ENDPOINT -> spec = EndpointReader.read(header, map, findings);
      case ROUTE -> spec = RouteReader.read(header, map, findings);
      case SOURCE -> spec = SourceReader.read(header, map);
      case PIPELINE -> {
        PipelineReader.Read read = PipelineReader.read(header, map, findings);
        spec = read.spec();
        broken = read.broken();
        sketches.add(
            read.spec()
                .withSteps(List.copyOf(GraphCheck.fed(read.spec().steps(), broken).values())));
      }
      default -> throw new IllegalStateException("No reader for " + kind.get());
    }
    map.finish();
    if (findings.count() == before) {
      return Optional.of(spec);
    }
    if (name.isPresent() && kind.get() != SpecKind.SOURCE && NAME.matcher(name.get()).matches()) {
      draft(spec, broken).ifPresent(drafts::add);
    }
    return Optional.empty();
  }

  private static Optional<Spec> draft(Spec spec, Set<String> broken) {
    if (!(spec instanceof PipelineSpec pipeline)) {
      return Optional.of(spec);
    }
    List<StepSpec> sound = GraphCheck.sound(pipeline.steps(), broken);
    return sound.isEmpty() ? Optional.empty() : Optional.of(pipeline.withSteps(sound));
  }

  private static SpecHeader header(SpecKind kind, String name, MapReader map) {
    String canonical = name;
    if (kind == SpecKind.SOURCE) {
      canonical = SourceReader.name(name, map);
    } else {
      checkName(name, "name", map);
    }
    return new SpecHeader(
        kind,
        canonical,
        map.string("owner").orElse(""),
        map.string("description").orElse(""),
        map.stringMap("labels"),
        map.place());
  }

  /** Reports a name that is not {@code [a-z][a-z0-9_]*}. */
  static void checkName(String name, String field, MapReader map) {
    if (!NAME.matcher(name).matches()) {
      String better = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "_");
      map.invalid(
          field,
          "'" + name + "' is not a name",
          NAME.matcher(better).matches()
              ? "Use small letters, digits and _, such as '" + better + "'."
              : "Start with a small letter; then use small letters, digits and _.");
    } else if (name.length() > LONGEST_NAME) {
      map.invalid(
          field,
          "'" + name + "' has " + name.length() + " characters",
          "Use at most " + LONGEST_NAME + ".");
    }
  }

  private static Optional<SpecKind> kind(String text, MapReader map) {
    for (SpecKind kind : SpecKind.values()) {
      if (kind.label().equals(text)) {
        return Optional.of(kind);
      }
    }
    List<String> labels = Arrays.stream(SpecKind.values()).map(SpecKind::label).toList();
    map.invalid("kind", "kind '" + text + "' is unknown", Suggestion.sentence(text, labels));
    return Optional.empty();
  }

  private static String subject(SpecKind kind, String name) {
    return kind.label().toLowerCase(Locale.ROOT) + " '" + name + "'";
  }

  private static Place placeOf(YamlEngineException e, Findings findings, String file) {
    if (e instanceof MarkedYamlEngineException marked && marked.getProblemMark().isPresent()) {
      return findings.place(marked.getProblemMark().get(), "");
    }
    return new Place(file, 0, 0, "");
  }

  private static String cause(YamlEngineException e) {
    if (e instanceof MarkedYamlEngineException marked) {
      return marked.getProblem();
    }
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
