package dev.backlot.warehouse;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.DelegateFileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * Table files in the local file system, without Hadoop's: no checksum file beside every file, and
 * no process forked to set the mode of every file it creates.
 *
 * <p>A location is {@code file:} and a path that is taken literally, without URI escapes. Safe for
 * use by several threads.
 */
public final class LocalFileIO implements DelegateFileIO {
  private static final long serialVersionUID = 1L;

  /** Returns the path of a location. */
  public static Path path(String location) {
    String path = location.startsWith("file:") ? location.substring("file:".length()) : location;
    int slashes = 0;
    while (slashes < path.length() && path.charAt(slashes) == '/') {
      slashes++;
    }
    return Path.of("/" + path.substring(slashes));
  }

  @Override
  public InputFile newInputFile(String location) {
    return new LocalInput(location);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new LocalOutput(location);
  }

  @Override
  public void deleteFile(String location) {
    try {
      Files.delete(path(location));
    } catch (NoSuchFileException e) {
      throw new NotFoundException(e, "No file at %s", location);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void deleteFiles(Iterable<String> locations) {
    for (String location : locations) {
      try {
        Files.deleteIfExists(path(location));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    try (Stream<Path> paths = walk(path(prefix))) {
      return paths.filter(Files::isRegularFile).map(LocalFileIO::info).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void deletePrefix(String prefix) {
    List<Path> deepestFirst;
    try (Stream<Path> paths = walk(path(prefix))) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    deleteFiles(deepestFirst.stream().map(Path::toString).toList());
  }

  private static Stream<Path> walk(Path root) throws IOException {
    return Files.exists(root) ? Files.walk(root) : Stream.empty();
  }

  private static FileInfo info(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileInfo(
          "file://" + path, attributes.size(), attributes.creationTime().toMillis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record LocalInput(String location) implements InputFile {
    @Override
    public long getLength() {
      try {
        return Files.size(path(location));
      } catch (NoSuchFileException e) {
        throw new NotFoundException(e, "No file at %s", location);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public SeekableInputStream newStream() {
      try {
        return new LocalInputStream(path(location));
      } catch (FileNotFoundException e) {
        throw new NotFoundException(e, "No file at %s", location);
      }
    }

    @Override
    public boolean exists() {
      return Files.exists(path(location));
    }
  }

  private record LocalOutput(String location) implements OutputFile {
    @Override
    public PositionOutputStream create() {
      return open(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return open(
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Override
    public InputFile toInputFile() {
      return new LocalInput(location);
    }

    private PositionOutputStream open(OpenOption... options) {
      Path path = path(location);
      try {
        try {
          return new LocalOutputStream(Files.newOutputStream(path, options));
        } catch (NoSuchFileException e) {
          Files.createDirectories(path.getParent());
          return new LocalOutputStream(Files.newOutputStream(path, options));
        }
      } catch (FileAlreadyExistsException e) {
        throw new AlreadyExistsException(e, "A file exists at %s", location);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class LocalInputStream extends SeekableInputStream {
    private final RandomAccessFile file;

    LocalInputStream(Path path) throws FileNotFoundException {
      this.file = new RandomAccessFile(path.toFile(), "r");
    }

    @Override
    public long getPos() throws IOException {
      return file.getFilePointer();
    }

    @Override
    public void seek(long position) throws IOException {
      file.seek(position);
    }

    @Override
    public int read() throws IOException {
      return file.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return file.read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(Integer.MAX_VALUE, file.length() - file.getFilePointer());
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static final class LocalOutputStream extends PositionOutputStream {
    private final OutputStream out;
    private long position;

    LocalOutputStream(OutputStream out) {
      this.out = new BufferedOutputStream(out, 64 * 1024);
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      position++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
      position += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
