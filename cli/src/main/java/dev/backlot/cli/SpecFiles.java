package dev.backlot.cli;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds and reads the files that the user named. */
final class SpecFiles {
  private SpecFiles() {}

  /**
   * Reads files, directories (every .yaml, .yml and .json below them, by name) and {@code -}, the
   * standard input.
   *
   * @return text by file, named as the user would
   * @throws ProblemException with everything that can't be read
   */
  static Map<String, String> read(List<String> names, InputStream standardInput) {
    Map<String, String> files = new LinkedHashMap<>();
    List<Problem> problems = new ArrayList<>();
    for (String name : names) {
      try {
        if (name.equals("-")) {
          files.put("-", text(standardInput.readAllBytes()));
          continue;
        }
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
          readDirectory(path, files);
        } else {
          files.put(name, text(Files.readAllBytes(path)));
        }
      } catch (CharacterCodingException e) {
        problems.add(problem(name, "it is not UTF-8 text", "Save it as UTF-8."));
      } catch (java.nio.file.NoSuchFileException e) {
        problems.add(problem(name, "it does not exist", "Check the name."));
      } catch (java.nio.file.InvalidPathException e) {
        problems.add(problem(name, "it is not a file's name", "Check the name."));
      } catch (IOException e) {
        problems.add(problem(name, e.toString(), "Check its permissions."));
      }
    }
    if (problems.isEmpty() && files.isEmpty()) {
      problems.add(
          problem(
              String.join(", ", names),
              "there is no .yaml, .yml or .json file in it",
              "Name files or another directory."));
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return files;
  }

  private static void readDirectory(Path directory, Map<String, String> files) throws IOException {
    List<Path> found;
    try (Stream<Path> walk = Files.walk(directory)) {
      found = walk.filter(Files::isRegularFile).filter(SpecFiles::isSpec).sorted().toList();
    }
    for (Path file : found) {
      files.put(file.toString(), text(Files.readAllBytes(file)));
    }
  }

  private static boolean isSpec(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }

  private static String text(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static Problem problem(String name, String cause, String next) {
    return Problem.of(
        ProblemCode.NOT_FOUND, "Cannot read file '" + name + "': " + cause + ". " + next);
  }
}
