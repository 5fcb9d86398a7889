package dev.backlot.processors.graphql;

import graphql.schema.GraphQLSchema;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import graphql.schema.idl.UnExecutableSchemaGenerator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.TreeSet;

/** Schemas of graphs as text. */
public final class GraphSchema {
  private GraphSchema() {}

  /**
   * Reads a schema in GraphQL's schema language.
   *
   * @throws RuntimeException when it is none
   */
  static GraphQLSchema parse(String schema) {
    TypeDefinitionRegistry registry = new SchemaParser().parse(schema);
    return UnExecutableSchemaGenerator.makeUnExecutableSchema(registry);
  }

  /** Returns a hash of a whole schema as text: 64 hexadecimal digits. */
  public static String hash(String schema) {
    return sha256(schema);
  }

  /** Returns a hash of what a query uses, whatever order it was found in. */
  static String hash(Collection<String> signatures) {
    return sha256(String.join("\n", new TreeSet<>(signatures)));
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
