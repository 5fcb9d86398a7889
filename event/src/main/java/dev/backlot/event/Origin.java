package dev.backlot.event;

/**
 * The part of an envelope's source block that is the same for every row of a table.
 *
 * @param connector such as {@code postgresql}
 * @param database the database's name
 */
public record Origin(String connector, String database, String schema, String table) {}
