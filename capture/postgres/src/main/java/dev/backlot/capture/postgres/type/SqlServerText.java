package dev.backlot.capture.postgres.type;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * Asks over a connection of its own, opened at the first question: sends the binary form as a
 * parameter of its type, and gets back what {@code concat} makes of it, which is the output
 * function's text.
 */
public final class SqlServerText implements ServerText, AutoCloseable {
  private final ConnectionFactory connections;
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
    try {
      return ask(oid, Arrays.copyOfRange(in, offset, offset + length));
    } catch (SQLException e) {
      throw new UncheckedSqlException(e);
    }
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
      throw new SQLException("There is no type with the number " + Integer.toUnsignedLong(oid));
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
