package dev.backlot.controller.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.web.Json;
import dev.backlot.embedded.KafkaServer;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many pipelines of one Source, with a real metadata database and a real topic of schemas. */
class EvolutionsIT {
  private static final Logger LOG = LoggerFactory.getLogger(EvolutionsIT.class);
  private static final int PIPELINES = 1_000;
  private static final int FIELDS = 30;
  private static final String SOURCE = "studio.public.movie";
  private static final String TOPIC = "backlot.studio.public.movie.1";

  @Test
  void each_of_a_thousand_pipelines_is_judged_by_what_it_takes() throws Exception {
    try (PostgresServer postgres = PostgresServer.temporary().start();
        KafkaServer kafka = KafkaServer.temporary().start();
        MetadataDatabase metadata =
            MetadataDatabase.open(
                new PlatformConfig.Database(postgres.jdbcUrl("postgres"), "postgres", "postgres"));
        SchemaStore schemas =
            new SchemaStore(Map.of("bootstrap.servers", kafka.bootstrapServers()), (short) 1)) {
      Schema before = envelope(FIELDS);
      Schema after = envelope(FIELDS + 1);
      int first = schemas.register(TOPIC + "-value", before);
      int second = schemas.register(TOPIC + "-value", after);
      metadata.sources().put(source(after, first, second), SourceStore.State.STREAMING, "");
      for (int i = 0; i < PIPELINES; i++) {
        String hash = "plan" + i;
        Map<String, Object> plan =
            Map.of("hash", hash, "sources", List.of(reading(before, first, i % 2 == 0)));
        metadata.pipelines().setDeployed("p" + i, 1, hash, Json.write(plan));
      }
      StoredSource stored = metadata.sources().find(SOURCE).orElseThrow();
      Evolutions evolutions = new Evolutions(metadata.pipelines(), schemas);

      long cold = judge(evolutions, stored);
      long warm = judge(evolutions, stored);

      LOG.info("{} pipelines judged in {} ms, and in {} ms again", PIPELINES, cold, warm);
    }
  }

  /** Returns how many milliseconds it took; each second pipeline has opted in. */
  private static long judge(Evolutions evolutions, StoredSource source) {
    long begin = System.nanoTime();
    int upgrades = 0;
    for (int i = 0; i < PIPELINES; i++) {
      Evolution evolution = evolutions.of("p" + i, "plan" + i, Map.of(SOURCE, source));
      assertThat(evolution.changes()).hasSize(1);
      upgrades += evolution.needsPlan() ? 1 : 0;
    }
    assertThat(upgrades).isEqualTo(PIPELINES / 2);
    return (System.nanoTime() - begin) / 1_000_000;
  }

  private static Schema envelope(int fields) {
    List<Field> all = new ArrayList<>();
    for (int i = 0; i < fields; i++) {
      all.add(
          new Field(
              "f" + i, i == 0 ? FieldType.Simple.INT : FieldType.Simple.LONG, i > 0, "", Map.of()));
    }
    return AvroSchemas.envelope(new RowSchema("studio.public.movie", all, List.of("f0")));
  }

  private static SourceDescriptor source(Schema value, int... ids) {
    return new SourceDescriptor(
        SOURCE,
        "studio",
        "public",
        "movie",
        1,
        TOPIC,
        4,
        List.of("f0"),
        "{}",
        value.toString(),
        List.of(1),
        Stream.of(ids[0], ids[1]).toList());
  }

  private static PlanSource reading(Schema value, int id, boolean open) {
    List<PlanColumn> columns = new ArrayList<>();
    List<PlanUse> uses = new ArrayList<>();
    for (int i = 0; i < FIELDS; i++) {
      columns.add(new PlanColumn("f" + i, i == 0 ? "int" : "long", i > 0));
      uses.add(new PlanUse("f" + i, i == 0 ? "key" : "passed", List.of(), List.of(), ""));
    }
    return new PlanSource(
        "movies",
        SOURCE,
        TOPIC,
        1,
        4,
        List.of("f0"),
        columns,
        uses,
        open,
        List.of(),
        List.of(new PlanSchema(id, value.toString())),
        "earliest",
        List.of(),
        "",
        false);
  }
}
