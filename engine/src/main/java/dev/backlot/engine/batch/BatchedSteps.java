package dev.backlot.engine.batch;

import dev.backlot.capture.secret.Secrets;
import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/** Adds batched steps to jobs. */
public final class BatchedSteps {
  private BatchedSteps() {}

  /**
   * Adds a step, which the caller names.
   *
   * @param rows of the step's one input
   * @param output what it gives
   * @param secretsDirectory where secrets in files are, on every machine that runs the job
   * @param uid of the operator, unique in the job
   * @return the rows; failed ones are on the side output {@link
   *     dev.backlot.transport.DeadLetter#TAG}
   */
  public static SingleOutputStreamOperator<RowData> of(
      PlanStep step,
      List<StepInput> inputs,
      DataStream<RowData> rows,
      Shape output,
      Path secretsDirectory,
      String uid,
      int parallelism) {
    Shape input = inputs.get(0).shape();
    boolean meets = input.order() == Shape.Order.TIME && parallelism > 1;
    return (meets ? byKey(rows, input) : rows)
        .transform(
            step.id(),
            InternalTypeInfo.of(FlinkTypes.rowType(output.names(), output.types())),
            new Factory(step, inputs, secretsDirectory.toString()))
        .uid(uid)
        .setParallelism(parallelism);
  }

  /** Rows of one entity that come from different Sources meet in one instance. */
  private static DataStream<RowData> byKey(DataStream<RowData> rows, Shape shape) {
    return rows.partitionCustom(
        (Integer hash, int instances) -> Math.floorMod(hash, instances), new KeyHash(shape));
  }

  /** Flink hands the hash on; rows without a key go to one instance. */
  private static final class KeyHash
      implements org.apache.flink.api.java.functions.KeySelector<RowData, Integer> {
    private static final long serialVersionUID = 1L;

    private final Shape shape;
    private transient RowKeys keys;

    @SuppressWarnings("NullAway.Init")
    KeyHash(Shape shape) {
      this.shape = shape;
    }

    @Override
    public Integer getKey(RowData row) {
      if (Objects.isNull(keys)) {
        keys = new RowKeys(shape);
      }
      return Objects.hashCode(keys.of(row));
    }
  }

  /** Makes the operator where it runs. */
  private static final class Factory extends AbstractStreamOperatorFactory<RowData>
      implements OneInputStreamOperatorFactory<RowData, RowData> {
    private static final long serialVersionUID = 1L;

    private final PlanStep step;
    private final ArrayList<StepInput> inputs;
    private final String secretsDirectory;

    Factory(PlanStep step, List<StepInput> inputs, String secretsDirectory) {
      this.step = step;
      this.inputs = new ArrayList<>(inputs);
      this.secretsDirectory = secretsDirectory;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends StreamOperator<RowData>> T createStreamOperator(
        StreamOperatorParameters<RowData> parameters) {
      Secrets secrets = new Secrets(Path.of(secretsDirectory));
      return (T)
          new BatchedStepOperator(
              parameters, step, inputs, secrets::resolve, parameters.getMailboxExecutor());
    }

    @Override
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
      return BatchedStepOperator.class;
    }
  }
}
