package dev.backlot.capture.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of every built-in type, and of others, edge values first of all. */
final class TypeCases {
  private TypeCases() {}

  /** A value; expected null means PostgreSQL's own text. */
  record Case(String type, String literal, String expected) {}

  private static final String TEXT = null;

  /** Returns what dumps and the log must say alike. */
  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    add(cases, "boolean", "true", "true", "false", "false");
    add(cases, "smallint", "-32768", "-32768", "32767", "32767");
    add(cases, "integer", "-2147483648", "-2147483648", "2147483647", "2147483647", "0", "0");
    add(cases, "bigint", "-9223372036854775808", "-9223372036854775808");
    add(cases, "bigint", "9223372036854775807", "9223372036854775807");
    add(cases, "oid", "4294967295", "4294967295", "0", "0");
    add(cases, "real", "NaN", "NaN", "-Infinity", "-Infinity", "1.17549435e-38", "1.17549435E-38");
    add(cases, "double precision", "NaN", "NaN", "Infinity", "Infinity", "-0", "-0.0");
    add(cases, "double precision", "5e-324", "4.9E-324", "0.1", "0.1");
    add(cases, "numeric(10,2)", "0", "0", "-12345678.99", "-1234567899", "0.01", "1");
    add(
        cases,
        "numeric(10,2)",
        "NaN",
        "exact NaN",
        "10000",
        "1000000",
        "99999999.99",
        "9999999999");
    add(cases, "numeric(38,10)", "-9999999999999999999999999999.9999999999", "-" + "9".repeat(38));
    add(cases, "numeric(38,0)", "1" + "0".repeat(37), "1" + "0".repeat(37));
    add(cases, "numeric(18,6)", "123456789012.345678", "123456789012345678");
    add(cases, "numeric(5,5)", "0.00001", "1", "-0.99999", "-99999");
    add(cases, "numeric(39,3)", "123.450", TEXT, "NaN", TEXT);
    add(cases, "numeric(3,-2)", "12300", TEXT);
    add(cases, "numeric(2,4)", "0.0012", TEXT);
    add(cases, "numeric", "0", TEXT, "0.00000000000000000001", TEXT, "-1e200", TEXT);
    add(cases, "numeric", "NaN", TEXT, "Infinity", TEXT, "-Infinity", TEXT, "10000.0001", TEXT);
    add(cases, "numeric", "123456789012345678901234567890.123456789", TEXT, "0.0000", TEXT);
    add(cases, "numeric", "1" + "0".repeat(5000) + ".5", TEXT, "-0.00012", TEXT);
    add(cases, "money", "12.34", "12.34", "-92233720368547758.08", "-92233720368547758.08");
    add(cases, "text", "", TEXT, "é😀\u200b", TEXT, "it''s \"q\" \\ \n\t", TEXT);
    add(cases, "varchar(20)", "abc", TEXT, "", TEXT);
    add(cases, "char(5)", "ab", TEXT);
    add(cases, "\"char\"", "x", TEXT);
    add(cases, "name", "a name", TEXT);
    add(cases, "bytea", "\\x00ff10", "00ff10", "", "");
    add(cases, "uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", TEXT);
    add(cases, "json", "{\"a\" :  1, \"a\":2}", TEXT);
    add(cases, "jsonb", "{\"b\": [1, null, \"\\u00e9\"], \"a\": 1e400}", TEXT);
    add(cases, "jsonpath", "$.a[*] ? (@ > 1)", TEXT);
    add(cases, "xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a b=\"c\">é</a>", TEXT);
    add(cases, "date", "1970-01-01", "0", "infinity", "2147483647", "-infinity", "-2147483648");
    add(cases, "date", "4713-01-01 BC", "-2440550", "5874897-12-31", "2145042905");
    add(cases, "time", "00:00", "0", "24:00", "86400000000", "23:59:59.999999", "86399999999");
    add(cases, "timetz", "12:30:00.5+05:30", TEXT, "24:00:00-15:59:59", TEXT, "00:00+00", TEXT);
    add(cases, "timestamp", "1970-01-01 00:00:00.000001", "1", "1969-12-31 23:59:59.999999", "-1");
    add(cases, "timestamp", "infinity", "9223372036854775807");
    add(cases, "timestamp", "-infinity", "-9223372036854775808");
    add(cases, "timestamp", "4713-01-01 00:00:00 BC", "-210863520000000000");
    add(cases, "timestamp", "294276-12-31 23:59:59.999999", "exact 294276-12-31 23:59:59.999999");
    add(cases, "timestamptz", "2024-02-29 12:00:00+02", "1709200800000000");
    add(cases, "timestamptz", "infinity", "9223372036854775807");
    add(
        cases,
        "interval",
        "-1 year 2 mons -3 days 04:05:06.789",
        "{\"months\": -10, \"days\": -3, \"micros\": 14706789000}");
    add(cases, "bit(4)", "1010", TEXT);
    add(cases, "varbit", "", TEXT, "10101010101", TEXT);
    for (String network : new String[] {"10.0.0.1", "10.1.0.0/16", "::1", "2001:db8::/32"}) {
      add(cases, "inet", network, TEXT);
    }
    add(cases, "cidr", "10.1.0.0/16", TEXT);
    add(cases, "macaddr", "08:00:2b:01:02:03", TEXT);
    add(cases, "macaddr8", "08:00:2b:01:02:03:04:05", TEXT);
    add(cases, "point", "(1.5,-2)", TEXT);
    add(cases, "line", "{1,2,3}", TEXT);
    add(cases, "lseg", "[(0,0),(1,1)]", TEXT);
    add(cases, "box", "((0,0),(1,1))", TEXT);
    add(cases, "path", "((0,0),(1,1))", TEXT, "[(0,0),(1,1)]", TEXT);
    add(cases, "polygon", "((0,0),(1,1),(2,0))", TEXT);
    add(cases, "circle", "<(0,0),2>", TEXT);
    add(cases, "tsvector", "a:1 ''b c'':2A", TEXT);
    add(cases, "tsquery", "a & !b", TEXT);
    add(cases, "int4range", "[1,5)", TEXT, "empty", TEXT, "(,)", TEXT);
    add(cases, "numrange", "[1.5,2.5]", TEXT);
    add(cases, "tstzrange", "[2024-01-01 00:00+02,infinity)", TEXT);
    add(cases, "daterange", "[2024-01-01,)", TEXT);
    add(cases, "int4multirange", "{[1,3),[5,7)}", TEXT);
    add(cases, "pg_lsn", "16/B374D848", TEXT);
    add(cases, "xid", "42", TEXT);
    add(cases, "xid8", "18446744073709551615", TEXT);
    add(cases, "tid", "(1,2)", TEXT);
    add(cases, "regclass", "pg_class", TEXT);
    add(cases, "pg_snapshot", "10:20:10,14", TEXT);
    add(cases, "int2vector", "1 2 3", TEXT);
    add(cases, "mood", "so ''so''", TEXT);
    add(cases, "\"Odd Schema\".\"My Type\"", "(1,\"a,b\")", TEXT, "(,)", TEXT);
    add(cases, "positive", "7", "7");
    add(cases, "price", "1.50", "150", "NaN", "exact NaN");
    add(cases, "aclitem", "postgres=r/postgres", TEXT);
    add(cases, "int[]", "{1,NULL,3}", "[1, null, 3]", "{}", "[]");
    add(cases, "int[]", "{{1,2},{3,4}}", "exact {{1,2},{3,4}}");
    add(cases, "text[]", "{\"\",NULL,\"NULL\",\"a,b\"}", "[, null, NULL, a,b]");
    add(cases, "numeric(6,2)[]", "{1.5,NaN}", "exact {1.50,NaN}", "{1.5}", "[150]");
    add(cases, "mood[]", "{sad}", "[sad]");
    add(cases, "inet[]", "{10.0.0.1,NULL}", "[10.0.0.1, null]");
    add(
        cases,
        "uuid[]",
        "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
        "[a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11]");
    add(
        cases,
        "timestamptz[]",
        "{infinity,\"1970-01-01 00:00:01+00\"}",
        "[9223372036854775807, 1000000]");
    add(cases, "\"Odd Schema\".\"My Type\"[]", "{\"(1,x)\"}", "[(1,x)]");
    more(cases);
    return cases;
  }

  private static void more(List<Case> cases) {
    add(cases, "real", "-0", "-0.0", "Infinity", "Infinity", "3.4028235e38", "3.4028235E38");
    add(cases, "double precision", "1.7976931348623157e308", "1.7976931348623157E308");
    add(cases, "numeric(5,-2)", "1234500", TEXT, "-99900", TEXT, "NaN", TEXT, "0", TEXT);
    add(cases, "numeric", "1e-1000", TEXT, "-0", TEXT, "1e131071", TEXT);
    add(cases, "numeric(1000,0)", "9".repeat(1000), TEXT);
    add(cases, "money", "0", "0.00", "92233720368547758.07", "92233720368547758.07");
    add(cases, "oid", "2147483648", "2147483648");
    add(cases, "\"char\"", "", TEXT, "\\377", TEXT);
    add(cases, "name", "n".repeat(63), TEXT);
    add(cases, "char(5)", "", TEXT, "éé", TEXT);
    add(cases, "bytea", "\\x" + "ff00".repeat(3000), "ff00".repeat(3000));
    add(cases, "jsonb", "null", TEXT, "\"\"", TEXT, "[]", TEXT, "-0.00", TEXT);
    add(cases, "json", " [ ] ", TEXT, "1", TEXT);
    add(cases, "date", "0001-12-31 BC", "-719163", "9999-12-31", "2932896");
    add(cases, "time", "24:00:00", "86400000000", "00:00:00.000001", "1");
    add(cases, "time(0)", "12:00:00.6", "43201000000");
    add(cases, "timetz", "24:00:00+15:59:59", TEXT, "12:00:00.123456-00:30", TEXT);
    add(cases, "timestamp(3)", "2024-02-29 23:59:59.9996", "1709251200000000");
    add(cases, "timestamptz", "-infinity", "-9223372036854775808");
    add(cases, "timestamptz", "4713-01-01 00:00:00+00 BC", "-210863520000000000");
    add(cases, "interval", "178000000 years", interval(2_136_000_000, 0, 0));
    add(cases, "interval", "-178000000 years", interval(-2_136_000_000, 0, 0));
    add(
        cases,
        "interval",
        "2147483647 days -2562047788:00:54.775807",
        interval(0, Integer.MAX_VALUE, -Long.MAX_VALUE));
    add(cases, "bit", "1", TEXT);
    add(cases, "bit(70)", "1".repeat(70), TEXT);
    add(cases, "varbit(3)", "101", TEXT, "", TEXT);
    add(cases, "inet", "0.0.0.0/0", TEXT, "::ffff:1.2.3.4", TEXT);
    add(cases, "cidr", "::/0", TEXT, "10.0.0.1/32", TEXT);
    add(cases, "point", "(NaN,Infinity)", TEXT, "(-0,5e-324)", TEXT);
    add(cases, "tsvector", "", TEXT, "''it''''s'':1A,16383B", TEXT);
    add(cases, "tsquery", "", TEXT, "(a|b)<->c:*A & !!d", TEXT);
    add(cases, "int8range", "(,9223372036854775807)", TEXT, "empty", TEXT);
    add(cases, "tsrange", "[-infinity,infinity]", TEXT, "(\"0044-03-15 BC\",)", TEXT);
    add(cases, "numrange", "(-1.50,)", TEXT, "[NaN,NaN]", TEXT);
    for (String subtype : new String[] {"int8", "num", "ts", "tstz", "date"}) {
      add(cases, subtype + "multirange", "{}", TEXT, "{(,)}", TEXT);
    }
    add(cases, "nummultirange", "{[1.5,2.5),(3,4]}", TEXT);
    add(cases, "span", "[a,\"b,c\")", TEXT, "empty", TEXT);
    add(cases, "spans", "{[a,b),[c,d]}", TEXT);
    add(cases, "pg_lsn", "0/0", TEXT, "FFFFFFFF/FFFFFFFF", TEXT);
    add(cases, "txid_snapshot", "10:20:10,14", TEXT);
    add(cases, "cid", "4294967295", TEXT);
    for (String kind : new String[] {"regtype", "regproc", "regnamespace", "regrole"}) {
      add(cases, kind, "-", TEXT);
    }
    add(cases, "regtype", "public.mood", "public.mood", "integer[]", TEXT);
    add(cases, "oidvector", "1 4294967295", TEXT);
    add(cases, "nested", "(\"(1,\\\"a,b\\\")\",\"{x,NULL}\",\"[1,5)\")", TEXT, "(,,)", TEXT);
    add(cases, "numbers", "{1,2}", "[1, 2]", "{{1},{2}}", "exact {{1},{2}}");
    add(cases, "age", "7", "7");
    add(cases, "known_moods", "{sad,NULL}", "[sad, null]");
    add(cases, "int[]", "[0:1]={1,2}", "exact [0:1]={1,2}", "[-5:-5]={7}", "exact [-5:-5]={7}");
    add(cases, "int[]", "{{{1},{2}},{{3},{NULL}}}", "exact {{{1},{2}},{{3},{NULL}}}");
    add(cases, "boolean[]", "{t,NULL,f}", "[true, null, false]");
    add(cases, "bytea[]", "{\"\\\\x00ff\",NULL}", "[00ff, null]");
    add(cases, "double precision[]", "{NaN,-0,Infinity}", "[NaN, -0.0, Infinity]");
    add(cases, "jsonb[]", "{\"{\\\"a\\\": 1}\"}", "[{\"a\": 1}]");
    add(cases, "int4range[]", "{\"[1,5)\",empty}", "[[1,5), empty]");
    add(cases, "numbers[]", "{\"{1,2}\",NULL}", "[[1, 2], null]");
    add(cases, "citext", "MiXed é", TEXT, "", TEXT);
    add(cases, "citext[]", "{A,NULL}", "[A, null]");
    add(cases, "hstore", "\"a\"=>\"1\", \"b c\"=>NULL", TEXT, "", TEXT);
    add(cases, "ltree", "Top.Science.Astronomy", TEXT, "", TEXT);
    add(cases, "lquery", "*.a{1,2}", TEXT);
  }

  private static String interval(int months, int days, long micros) {
    return "{\"months\": %d, \"days\": %d, \"micros\": %d}".formatted(months, days, micros);
  }

  private static void add(List<Case> cases, String type, String... pairs) {
    for (int i = 0; i < pairs.length; i += 2) {
      cases.add(new Case(type, pairs[i], pairs[i + 1]));
    }
  }

  /** Returns further values, of which audits must say the same from both sides. */
  static List<Case> further() {
    List<Case> cases = new ArrayList<>();
    more(cases, "real", "1e10", "3.4028235e38", "-0", "0.1", "16777216", "1e-45");
    more(cases, "double precision", "1e22", "1e23", "-1e-300", "123456789012345680", "1.0");
    more(cases, "numeric(10,2)", "100", "-0.10", "0.00");
    more(cases, "numeric", "1.500", "100", "-100.00", "0.10", "1e20");
    more(cases, "date", "0044-03-15 BC", "0001-01-01", "12345-06-07");
    more(cases, "timestamp", "0044-03-15 12:00:00.5 BC", "12345-06-07 01:02:03.000001");
    more(cases, "timestamp", "294247-01-10 04:00:54.775806", "294247-01-10 04:00:54.775807");
    more(cases, "timestamp", "294247-01-10 04:00:55");
    more(cases, "timestamptz", "0044-03-15 00:00+00 BC", "-infinity", "294276-12-31 23:00+00");
    more(cases, "time", "00:00:00.100000", "12:34:56");
    more(cases, "interval", "0", "-1 us", "1 mon -1 day", "-1 mon 1 day", "-25:00:00.000001");
    more(cases, "interval", "178000000 years", "1000000 hours 0.5 s", "1 day -00:00:01", "-11 mon");
    more(cases, "boolean[]", "{t,f,NULL}");
    more(cases, "text[]", "{\"a\\\"b\\\\c\",\"\n\t\",\"null\",é😀,\"{}\",\" \"}", "[0:1]={a,b}");
    more(cases, "text[]", "{{a},{b}}", "{}");
    more(cases, "bytea[]", "{\"\\\\x00ff\",NULL,\"\\\\x\"}");
    more(cases, "double precision[]", "{NaN,-0,Infinity,1e22}");
    more(cases, "interval[]", "{\"1 day\",\"-1 mons +2 days -00:00:00.5\"}");
    more(cases, "timestamp[]", "{infinity,\"0044-03-15 12:00:00 BC\"}", "{294276-12-31}");
    more(cases, "date[]", "{-infinity,1970-01-01}");
    more(cases, "time[]", "{24:00:00,00:00:00.1}");
    more(cases, "box[]", "{(1,1),(0,0);(2,2),(1,1)}");
    more(cases, "money[]", "{1234.50,NULL}");
    more(cases, "jsonb[]", "{\"{\\\"a\\\": [1, 2]}\",\"null\"}");
    more(cases, "char(3)[]", "{a,NULL}");
    more(cases, "numeric[]", "{1.50,NaN,Infinity}");
    more(cases, "positive[]", "{7}");
    more(cases, "numbers", "{1,2}");
    more(cases, "numbers[]", "{\"{1,2}\",\"{}\",NULL}");
    return cases;
  }

  private static void more(List<Case> cases, String type, String... literals) {
    for (String literal : literals) {
      cases.add(new Case(type, literal, TEXT));
    }
  }

  /** Returns a column's name for each type. */
  static Map<String, String> columns(List<Case> cases) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (Case c : cases) {
      columns.putIfAbsent(c.type(), "c" + columns.size());
    }
    return columns;
  }

  /** Creates the table {@code types} and the types that are not built in. */
  static void create(CaptureBench bench, String name, Map<String, String> columns) {
    bench.execute(
        name,
        "CREATE TYPE mood AS ENUM ('sad', 'so ''so''')",
        "CREATE SCHEMA \"Odd Schema\"",
        "CREATE TYPE \"Odd Schema\".\"My Type\" AS (a int, \"B b\" text)",
        "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
        "CREATE DOMAIN price AS numeric(8,2)",
        "CREATE DOMAIN numbers AS int[]",
        "CREATE DOMAIN age AS positive CHECK (VALUE < 200)",
        "CREATE DOMAIN known_moods AS mood[]",
        "CREATE TYPE span AS RANGE (subtype = text, multirange_type_name = spans)",
        "CREATE TYPE nested AS (a \"Odd Schema\".\"My Type\", b text[], c int4range)",
        "CREATE EXTENSION citext",
        "CREATE EXTENSION hstore",
        "CREATE EXTENSION ltree",
        createTable(columns));
  }

  private static String createTable(Map<String, String> columns) {
    StringBuilder sql = new StringBuilder("CREATE TABLE types (id int PRIMARY KEY");
    columns.forEach((type, column) -> sql.append(", ").append(column).append(' ').append(type));
    return sql.append(")").toString();
  }

  /** Inserts a row per value, with ids from a base on. */
  static void insert(
      CaptureBench bench, String name, List<Case> cases, Map<String, String> columns, int base) {
    List<String> statements = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Case c = cases.get(i);
      String literal = c.literal().contains("''") ? c.literal() : c.literal().replace("'", "''");
      statements.add(
          "INSERT INTO types (id, %s) VALUES (%d, '%s')"
              .formatted(columns.get(c.type()), base + i, literal));
    }
    bench.execute(name, statements.toArray(String[]::new));
  }
}
