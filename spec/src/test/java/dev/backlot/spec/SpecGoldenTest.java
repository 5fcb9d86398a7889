package dev.backlot.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every document below {@code specs/valid} reads without a problem into the JSON beside it; every
 * one below {@code specs/invalid} has exactly the problems beside it. Run with {@code
 * -Dgolden.write=true} to write what is expected, and review the difference.
 */
final class SpecGoldenTest {
  private static final Path SPECS = Path.of("src/test/resources/specs");

  @TestFactory
  Stream<DynamicTest> valid_documents_have_one_canonical_form() throws IOException {
    return cases("valid")
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString(),
                    () -> {
                      Documents documents = read(file);
                      assertThat(documents.problems()).isEmpty();
                      String json =
                          documents.specs().stream()
                              .map(SpecWriter::toJson)
                              .collect(Collectors.joining("\n", "", "\n"));
                      expect(file, ".json", json);
                      Documents again =
                          SpecReader.read("again.json", json.replace("\n", "\n---\n"));
                      assertThat(again.problems()).isEmpty();
                      assertThat(again.specs().stream().map(SpecWriter::toJson))
                          .isEqualTo(documents.specs().stream().map(SpecWriter::toJson).toList());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> invalid_documents_have_all_their_problems_at_once() throws IOException {
    return cases("invalid")
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString(),
                    () -> {
                      Documents documents = read(file);
                      assertThat(documents.problems()).isNotEmpty();
                      expect(
                          file,
                          ".problems",
                          documents.problems().stream()
                              .map(Object::toString)
                              .collect(Collectors.joining("\n", "", "\n")));
                    }));
  }

  private static Documents read(Path file) throws IOException {
    return SpecReader.read(file.getFileName().toString(), Files.readString(file));
  }

  private static Stream<Path> cases(String folder) throws IOException {
    try (Stream<Path> files = Files.list(SPECS.resolve(folder))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .collect(Collectors.toList())
          .stream();
    }
  }

  private static void expect(Path file, String extension, String actual) throws IOException {
    Path golden =
        file.resolveSibling(file.getFileName().toString().replace(".yaml", "") + extension);
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(Files.readString(golden));
  }
}
