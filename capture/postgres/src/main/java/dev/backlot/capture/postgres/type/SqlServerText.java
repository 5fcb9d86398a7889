package dev.backlot.capture.postgres.type;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks over a connection of its own, opened at the first question: sends the binary form as a
 * parameter of its type, and gets back what {@code concat} makes of it, which is the output
 * function's text.
 */
public final class SqlServerText implements ServerText, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqlServerText.class);
  private static final String UNDEFINED_OBJECT = "42704";
  private static final int TSQUERY = 3615;
  private static final byte[] EMPTY_TSQUERY = new byte[4];

  private final ConnectionFactory connections;
  private final Set<Integer> unknown = new HashSet<>();
  private final Set<Integer> sendable = new HashSet<>();
  private @Nullable Connection connection;
  private @Nullable PreparedStatement question;

  /** Opens a connection. */
  @FunctionalInterface
  public interface ConnectionFactory {
    /** Opens a connection that the caller closes. */
    Connection open() throws SQLException;
  }

  /** Prepares to ask. */
  public SqlServerText(ConnectionFactory connections) {
    this.connections = connections;
  }

  @Override
  public byte[] bytes(int oid, byte[] in, int offset, int length) {
    byte[] binary = Arrays.copyOfRange(in, offset, offset + length);
    if (oid == TSQUERY && Arrays.equals(binary, EMPTY_TSQUERY)) {
      // The server does not take back what it sends for a query without words.
      return new byte[0];
    }
    try {
      return ask(oid, binary);
    } catch (SQLException e) {
      if (isUnanswered(e)) {
        throw new UncheckedSqlException(e);
      }
      if (unknown.add(oid)) {
        LOG.warn(
            "Values of the type {} are told as they are, since the server can't read them back: {}",
            Integer.toUnsignedLong(oid),
            e.getMessage());
      }
      return asItIs(binary);
    }
  }

  /** Whether the server could not be asked, as opposed to having no answer. */
  private static boolean isUnanswered(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57")
        || state.startsWith("58");
  }

  /**
   * A value of a type that is gone, or that its type does not read back: its text, if its binary
   * form is one, as that of an enum is, or its bytes. Later than the log the type can be anything,
   * and one value must not keep all others from being told.
   */
  private static byte[] asItIs(byte[] binary) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(binary));
      if (text.chars().noneMatch(Character::isISOControl)) {
        return binary;
      }
    } catch (CharacterCodingException e) {
      // It is no text.
    }
    return ("\\x" + HexFormat.of().formatHex(binary)).getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] ask(int oid, byte[] binary) throws SQLException {
    Connection open = connection;
    PreparedStatement statement = question;
    if (open == null || statement == null) {
      open = connections.open();
      connection = open;
      statement = open.prepareStatement("SELECT pg_catalog.concat(?)");
      question = statement;
    }
    BaseConnection base = open.unwrap(BaseConnection.class);
    if (sendable.add(oid)) {
      base.getQueryExecutor().addBinarySendOid(oid);
    }
    String name = base.getTypeInfo().getPGType(oid);
    if (name == null) {
      throw new SQLException(
          "There is no type with the number " + Integer.toUnsignedLong(oid), UNDEFINED_OBJECT);
    }
    statement.setObject(1, new BinaryValue(name, binary));
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getString(1).getBytes(StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }

  /** A value in its binary form. */
  private static final class BinaryValue extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1L;

    private final byte[] binary;

    BinaryValue(String type, byte[] binary) {
      setType(type);
      this.binary = binary;
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int lengthInBytes() {
      return binary.length;
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
      System.arraycopy(binary, 0, bytes, offset, binary.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof BinaryValue that && Arrays.equals(binary, that.binary);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(binary);
    }

    @Override
    public Object clone() throws CloneNotSupportedException {
      return super.clone();
    }
  }
}
