package dev.backlot.quality.audit;

import dev.backlot.model.audit.AuditRead;
import dev.backlot.model.audit.AuditRead.Detail;
import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.schema.FieldType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a round compares: a table's rows of one Source.
 *
 * @param connection that captures the Source
 * @param planHash of the plan that the mapping was made of
 * @param rowsPerSecond most rows that are read in a second on either side; 0 for no limit
 */
public record Subject(ByPosition mapping, String connection, String planHash, long rowsPerSecond) {
  private static final int ROWS = 100_000;

  /** Returns what is asked about the rows behind a cursor. */
  AuditRead read(Detail detail, Optional<String> cursor) {
    return read(detail, cursor, Optional.empty());
  }

  /** Returns what is asked about some keys. */
  AuditRead read(Detail detail, List<List<String>> keys) {
    List<List<String>> readable = keys.stream().map(this::readable).toList();
    return read(detail, Optional.empty(), Optional.of(readable));
  }

  private AuditRead read(
      Detail detail, Optional<String> cursor, Optional<List<List<String>>> keys) {
    List<Column> columns = mapping.compared();
    return new AuditRead(
        columns.stream().map(Column::source).toList(),
        columns.stream().map(column -> column.type().notation()).toList(),
        mapping.predicate(),
        cursor,
        keys,
        detail,
        1,
        ROWS,
        rowsPerSecond);
  }

  /** Returns a key of canonical texts as PostgreSQL reads it. */
  public List<String> readable(List<String> key) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      boolean bytes = mapping.key().get(i).type() == FieldType.Simple.BYTES;
      texts.add(bytes ? "\\x" + key.get(i) : key.get(i));
    }
    return texts;
  }

  /** Returns a key that a person wrote as canonical texts, as far as it is one. */
  public List<String> canonical(List<String> written) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      FieldType type = mapping.key().get(i).type();
      String text = written.get(i);
      if ((type == FieldType.Simple.INT || type == FieldType.Simple.LONG)
          && text.matches("\\s*[+-]?\\d{1,40}\\s*")) {
        texts.add(new BigInteger(text.strip().replaceFirst("^\\+", "")).toString());
      } else if (type == FieldType.Simple.UUID) {
        texts.add(text.strip().toLowerCase(Locale.ROOT));
      } else {
        texts.add(text);
      }
    }
    return texts;
  }
}
