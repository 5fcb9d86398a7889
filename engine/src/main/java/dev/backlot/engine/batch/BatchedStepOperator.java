package dev.backlot.engine.batch;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.processors.Processors;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.BatchFunction;
import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.BatchFunction.Reply;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Work;
import dev.backlot.transport.CommitLatency;
import dev.backlot.transport.DeadLetter;
import dev.backlot.transport.JobStoppedException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * Runs a batched step. Rows leave in the order in which they came, whatever order the answers have;
 * deletes are asked nothing, but keep their place. Of one key, one row is asked about at a time,
 * and a newer one takes the place of one that nothing was asked about yet.
 *
 * <p>Nothing is kept in Flink's state: before a barrier passes, every row that came before it has
 * left. While the other side is away the barrier waits, and with it everything upstream.
 */
final class BatchedStepOperator extends AbstractStreamOperator<RowData>
    implements OneInputStreamOperator<RowData, RowData>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private final PlanStep step;
  private final List<StepInput> inputs;
  private final BatchFunction.SecretSource secrets;
  private final transient MailboxExecutor mailbox;

  private transient BatchFunction function;
  private transient Conversation conversation;
  private transient RowQueue queue;
  private transient RowKeys keys;
  private transient AnsweredRows rows;
  private transient StampClock clock;
  private transient BatchMetrics metrics;
  private transient CommitLatency latency;
  private transient int capacity;
  private transient int ownFields;

  @SuppressWarnings("NullAway.Init")
  BatchedStepOperator(
      StreamOperatorParameters<RowData> parameters,
      PlanStep step,
      List<StepInput> inputs,
      BatchFunction.SecretSource secrets,
      MailboxExecutor mailbox) {
    super(parameters);
    this.step = step;
    this.inputs = inputs;
    this.secrets = secrets;
    this.mailbox = mailbox;
  }

  @Override
  public void open() throws Exception {
    super.open();
    ProcessorPlan plan =
        Processors.load().find(step.processor()).orElseThrow().plan(step.config(), inputs);
    if (!(plan instanceof ProcessorPlan.Runnable runnable)
        || !(runnable.work() instanceof Work.Batched work)) {
      throw new IllegalStateException("Step " + step.id() + " no longer plans: " + plan);
    }
    open(runnable, work);
  }

  private void open(ProcessorPlan.Runnable plan, Work.Batched work) {
    clock = new StampClock(BatchedStepOperator::nowMicros);
    queue = new RowQueue(clock);
    keys = new RowKeys(inputs.get(0).shape());
    rows = new AnsweredRows(inputs.get(0).shape(), plan.output(), work.batching().missing());
    ownFields = inputs.get(0).shape().fields().size();
    capacity = work.batching().size() * (work.batching().inFlight() + 1);
    metrics = new BatchMetrics(getMetricGroup());
    latency =
        new CommitLatency(getMetricGroup(), inputs.get(0).shape().index(SystemColumn.SOURCE_TS));
    function = work.functions().open(secrets);
    conversation =
        new Conversation(
            work.batching(),
            1.0 / getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
            new Mailbox(),
            clock,
            ThreadLocalRandom.current(),
            metrics);
    getMetricGroup().gauge("inFlight", conversation::inFlight);
    getMetricGroup().gauge("breakerState", conversation::breakerState);
    getMetricGroup().gauge("waitingRows", queue::size);
  }

  private static long nowMicros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  @Override
  public void processElement(StreamRecord<RowData> element) throws InterruptedException {
    while (queue.size() >= capacity) {
      mailbox.yield();
    }
    RowData row = element.getValue();
    char op = rows.op(row);
    if (op == 't') {
      // It ends every row before it, of any key, and must be stamped after all of them.
      drain();
    }
    if (op == 'd' || op == 't') {
      queue.addPassing(waiting(row, op == 't' ? null : keys.of(row), null), this::withdraw);
    } else {
      ask(row);
    }
    emit();
  }

  private void ask(RowData row) {
    Object key = keys.of(row);
    Optional<Question> question = function.question(row);
    WaitingRow waiting = waiting(row, key, question.orElse(null));
    if (question.isEmpty()) {
      queue.addPassing(waiting, this::withdraw);
      waiting.done(new Answer.Missing());
      return;
    }
    Optional<Answer> known =
        queue.isAsking(key)
            ? Optional.empty()
            : conversation.known(question.get(), waiting.changedMicros);
    if (known.isPresent()) {
      queue.addPassing(waiting, this::withdraw);
      waiting.done(known.get());
    } else if (queue.addQuestion(waiting, this::withdraw) == RowQueue.Turn.NOW) {
      conversation.add(waiting);
    }
  }

  private WaitingRow waiting(RowData row, @Nullable Object key, @Nullable Question question) {
    return new WaitingRow(
        row,
        key,
        question,
        rows.changedMicros(row),
        getProcessingTimeService().getCurrentProcessingTime(),
        clock.next());
  }

  private void withdraw(WaitingRow superseded) {
    metrics.coalesced.inc();
    conversation.withdrawn(superseded);
  }

  private void emit() {
    for (WaitingRow row = queue.poll(); row != null; row = queue.poll()) {
      if (row.answer() instanceof Answer.Failed failed) {
        metrics.deadLetters.inc();
        output.collect(
            DeadLetter.TAG,
            new StreamRecord<>(
                DeadLetter.ofRow(
                    step.id(),
                    row.row,
                    ownFields,
                    ProblemCode.ENRICHMENT_FAILED,
                    failed.reason(),
                    Instant.now())));
      } else {
        latency.see(row.row);
        output.collect(new StreamRecord<>(rows.row(row.row, row.answer(), row.stamp)));
      }
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws InterruptedException {
    drain();
  }

  @Override
  public void endInput() throws InterruptedException {
    drain();
  }

  /** Returns once every row has left. */
  private void drain() throws InterruptedException {
    emit();
    conversation.hurry();
    while (!queue.isEmpty()) {
      mailbox.yield();
    }
    conversation.unhurried();
  }

  @Override
  public void close() throws Exception {
    if (Objects.nonNull(function)) {
      function.close();
    }
    super.close();
  }

  /** The task's thread, which everything comes back to. */
  private final class Mailbox implements Conversation.Host {
    @Override
    public long millis() {
      return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void later(long millis, Runnable action) {
      getProcessingTimeService()
          .registerTimer(
              millis() + millis,
              time -> {
                action.run();
                emit();
              });
    }

    @Override
    public void ask(List<Question> questions, Consumer<Reply> reply) {
      deliver(function.ask(questions), reply);
    }

    @Override
    public void probe(Consumer<Reply> reply) {
      deliver(function.probe(), reply);
    }

    private void deliver(CompletableFuture<Reply> coming, Consumer<Reply> reply) {
      coming.whenComplete(
          (answered, failure) -> {
            try {
              mailbox.execute(
                  () -> {
                    if (failure != null) {
                      throw new IllegalStateException("A batch function failed", failure);
                    }
                    reply.accept(answered);
                    emit();
                  },
                  "take an answer");
            } catch (RejectedExecutionException e) {
              LOG.debug("An answer came after the end of step {}", step.id());
            }
          });
    }

    @Override
    public void asked(WaitingRow row) {
      queue.asked(row);
    }

    @Override
    public void settled(WaitingRow row, Answer answer) {
      row.done(answer);
      WaitingRow next = queue.answered(row);
      if (next != null) {
        conversation.add(next);
      }
    }

    @Override
    public RuntimeException refused(String reason) {
      return new JobStoppedException(
          ProblemCode.ENDPOINT_REFUSED,
          ("Cannot run step '%s': its endpoint refuses the request as such: %s. Correct the"
                  + " endpoint or the query; it is tried again by itself.")
              .formatted(step.id(), reason));
    }
  }
}
