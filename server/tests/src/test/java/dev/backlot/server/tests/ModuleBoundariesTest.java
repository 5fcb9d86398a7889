package dev.backlot.server.tests;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Arrows between modules point down, packages form no cycles, and every one says what it is for.
 */
class ModuleBoundariesTest {
  private static final Path ROOT = Platform.root();

  /** Each part with the parts that it may use; the JDK and libraries aside. */
  private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

  static {
    MAY_USE.put("model", List.of());
    MAY_USE.put("spec", List.of("model"));
    MAY_USE.put("schema", List.of("model"));
    MAY_USE.put("event", List.of("model", "schema"));
    MAY_USE.put("registry", List.of("model", "schema", "event"));
    MAY_USE.put("metadata", List.of("model", "spec"));
    MAY_USE.put("embedded", List.of("model"));
    MAY_USE.put("sdk", List.of("model", "schema", "event"));
    MAY_USE.put("processors", List.of("model", "spec", "schema", "event", "sdk"));
    MAY_USE.put("warehouse", List.of("model", "schema"));
    MAY_USE.put("quality", List.of("model", "schema", "metadata", "warehouse"));
    MAY_USE.put("transport", List.of("model", "schema", "event", "registry", "sdk"));
    MAY_USE.put("sink", List.of("model", "schema", "event", "sdk", "transport", "warehouse"));
    MAY_USE.put(
        "capture", List.of("model", "spec", "schema", "event", "registry", "metadata", "sdk"));
    MAY_USE.put(
        "engine",
        List.of(
            "model",
            "spec",
            "schema",
            "event",
            "registry",
            "metadata",
            "sdk",
            "processors",
            "warehouse",
            "transport",
            "sink",
            "capture"));
    MAY_USE.put(
        "controller",
        List.of(
            "model", "spec", "schema", "event", "registry", "metadata", "warehouse", "quality"));
    MAY_USE.put("cli", List.of("model", "spec"));
    MAY_USE.put("server", List.of("model", "embedded", "metadata", "capture", "engine"));
    MAY_USE.put("studio", List.of());
    MAY_USE.put("checker", List.of());
    MAY_USE.put("testing", List.of("model", "embedded"));
    // They measure every part from inside.
    MAY_USE.put(
        "benchmarks",
        MAY_USE.keySet().stream().filter(part -> !part.equals("controller")).toList());
  }

  private static JavaClasses classes;

  @BeforeAll
  static void readAllModules() throws IOException {
    List<Path> outputs;
    try (Stream<Path> directories = Files.walk(ROOT, 4)) {
      outputs =
          directories
              .filter(path -> path.endsWith(Path.of("target", "classes")))
              .filter(path -> !path.toString().contains("node_modules"))
              .toList();
    }
    classes = new ClassFileImporter().importPaths(outputs);
    assertThat(classes).hasSizeGreaterThan(50);
  }

  @Test
  void arrowsPointDown() {
    MAY_USE.forEach(
        (part, allowed) -> {
          List<String> forbidden = new ArrayList<>(MAY_USE.keySet());
          forbidden.remove(part);
          forbidden.removeAll(allowed);
          noClasses()
              .that()
              .resideInAPackage(packages(part))
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(
                  forbidden.stream().map(ModuleBoundariesTest::packages).toArray(String[]::new))
              .as(part + " uses only " + allowed)
              .allowEmptyShould(true)
              .check(classes);
        });
  }

  @Test
  void everyPartIsKnownHere() {
    classes()
        .should()
        .resideInAnyPackage(
            MAY_USE.keySet().stream().map(ModuleBoundariesTest::packages).toArray(String[]::new))
        .as("every class belongs to a part whose arrows are known")
        .check(classes);
  }

  @Test
  void partsFormNoCycles() {
    slices().matching("dev.backlot.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void theControllerLinksToNothingThatRuns() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.backlot.controller..", "dev.backlot.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.flink..", "kafka..", "org.apache.kafka.server..", "io.debezium..")
        .check(classes);
  }

  @Test
  void captureKnowsNoFlink() {
    noClasses()
        .that()
        .resideInAPackage("dev.backlot.capture..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.flink..", "org.apache.iceberg..")
        .check(classes);
  }

  @Test
  void namesSayWhatThingsAre() {
    noClasses()
        .that(are(named("with a banned word")))
        .should()
        .resideInAPackage("dev.backlot..")
        .as("no class is called utils, common, helper, impl, dto or manager")
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void everyPackageIsNullMarkedAndDescribed() throws IOException {
    List<String> wrong = new ArrayList<>();
    try (Stream<Path> directories = Files.walk(ROOT)) {
      List<Path> packages =
          directories
              .filter(Files::isDirectory)
              .filter(path -> path.toString().contains("/src/main/java/dev/backlot/"))
              .filter(path -> !path.toString().contains("/target/"))
              .toList();
      for (Path directory : packages) {
        try (Stream<Path> files = Files.list(directory)) {
          if (files.noneMatch(file -> file.toString().endsWith(".java"))) {
            continue;
          }
        }
        Path info = directory.resolve("package-info.java");
        String text = Files.exists(info) ? Files.readString(info) : "";
        if (!text.contains("@NullMarked") || !text.contains("/**")) {
          wrong.add(ROOT.relativize(directory).toString());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static DescribedPredicate<JavaClass> named(String description) {
    return DescribedPredicate.describe(
        description,
        type ->
            type.getSimpleName().matches("(?i).*(utils?|common|helpers?|impl|dtos?|managers?)"));
  }

  private static String packages(String part) {
    return "dev.backlot." + part + "..";
  }
}
