package dev.backlot.warehouse.rest;

import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of a dropped table: those that its manifests list elsewhere are not deleted. */
final class DeletesBelow implements FileIO {
  private static final Logger LOG = LoggerFactory.getLogger(DeletesBelow.class);
  private static final long serialVersionUID = 1L;

  private final FileIO files;
  private final String directory;

  DeletesBelow(FileIO files, String location) {
    this.files = files;
    this.directory = location.replaceAll("/+$", "") + "/";
  }

  @Override
  public InputFile newInputFile(String path) {
    return files.newInputFile(path);
  }

  @Override
  public OutputFile newOutputFile(String path) {
    return files.newOutputFile(path);
  }

  @Override
  public void deleteFile(String path) {
    if (path.startsWith(directory) && !path.contains("/../")) {
      files.deleteFile(path);
    } else {
      LOG.warn("{} stays: it is not below {}", path, directory);
    }
  }
}
