using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The exactly-once sink on every implementation of its clients: readers of committed records see each row once, whatever fails.</summary>
public abstract class ExactlyOnceSinkContract(ISubject subject) : KafkaContract(subject)
{
    private static readonly string[] Rows = ["a", "b", "c", "d", "e", "f", "g", "h"];

    private readonly SinkHarnessTask _task = SinkHarnessTask.New();

    /// <summary>Which steps of a run are tried for a crash: every one, or each third one where a run takes long.</summary>
    protected virtual int StepsBetweenFaults => 1;

    [ContractFact]
    public async Task Rows_are_visible_once_their_checkpoint_is_complete()
    {
        await CreateTopicAsync(1);
        SinkHarness<string> sink = await OpenAsync(_task);
        sink.Write("a", "b");
        await sink.PrepareAsync(1);
        sink.Write("c");
        Assert.Empty(await ReadToEndAsync());

        await sink.CommitAsync(1);
        Assert.Equal(["a", "b"], await ReadToEndAsync());
        Assert.Equal((2, 3), (sink.Acknowledged, sink.BytesWritten));

        await sink.PrepareAsync(2);
        await sink.CommitAsync(2);
        Assert.Equal(["a", "b", "c"], await ReadToEndAsync());
        Assert.True(sink.Writer.IsFlushed);
    }

    [ContractFact]
    public async Task Several_pending_committables_are_carried_and_replayed_in_order()
    {
        await CreateTopicAsync(1);
        SinkHarness<string> first = await OpenAsync(_task);
        first.Write("a");
        await first.PrepareAsync(1);
        first.Abort(1);
        first.Write("b");
        await first.PrepareAsync(2);
        first.Abort(2);
        first.Write("c");
        await first.PrepareAsync(3);
        Assert.Equal([1, 2, 3], first.Pending.Select(committable => committable.Checkpoint.Number));

        await OpenAsync(_task with { Attempt = 1 }, restored: [.. first.Pending]);
        Assert.Equal(["a", "b", "c"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task A_crash_at_any_step_loses_no_row_and_repeats_none()
    {
        int steps = await CountStepsAsync();
        for (int step = 1; step <= steps; step += StepsBetweenFaults)
        {
            await RunAsync($"at step {step}", new FaultyKafka(Clients) { FaultAt = step });
            await RunAsync($"after step {step}", new FaultyKafka(Clients) { FaultAt = step, FailsAfterwards = true });
        }
    }

    [ContractFact]
    public async Task A_crash_at_any_step_of_a_recovery_loses_no_row_and_repeats_none()
    {
        int steps = await CountStepsAsync();
        for (int step = 1; step <= 12; step += StepsBetweenFaults)
        {
            await RunAsync(
                $"at step {step} of a recovery",
                new FaultyKafka(Clients) { FaultAt = steps - 1 },
                new FaultyKafka(Clients) { FaultAt = step });
            await RunAsync(
                $"after step {step} of a recovery",
                new FaultyKafka(Clients) { FaultAt = steps - 1, FailsAfterwards = true },
                new FaultyKafka(Clients) { FaultAt = step, FailsAfterwards = true });
        }
    }

    [ContractFact]
    public async Task A_transaction_whose_outcome_is_unknown_is_repeated_only_if_it_is_missing()
    {
        await CreateTopicAsync(1);
        foreach (bool isCommitted in new[] { false, true })
        {
            KafkaTransactionException error = new(KafkaTransactionFailure.Fatal, "The answer is lost.");

            // Steps 1 to 4 open the sink; 5 to 7 begin, send and commit.
            await using FaultyKafka kafka = new(Clients) { FaultAt = 7, FailsAfterwards = isCommitted, Error = () => error };
            SinkHarness<string> sink = await OpenAsync(_task with { Attempt = isCommitted ? 1 : 0 }, kafka);
            sink.Write(isCommitted ? "committed" : "missing");
            await sink.PrepareAsync(1);
            await sink.CommitAsync(1);
            Assert.Contains(sink.Logs.Lines, line => line.Id == 2050 && line.Message.Contains("The answer is lost", StringComparison.Ordinal));
            await sink.DisposeAsync();
        }

        Assert.Equal(["missing", "committed"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task A_transaction_that_fails_again_and_again_fails_the_task()
    {
        await CreateTopicAsync(1);
        int begins = 0;
        await using FaultyKafka kafka = new(Clients);
        SinkHarness<string> sink = await OpenAsync(_task, kafka);
        kafka.Before = step => step == "begin"
            ? throw new KafkaTransactionException(KafkaTransactionFailure.Fatal, $"No {++begins}.")
            : Task.CompletedTask;
        sink.Write("a");
        await sink.PrepareAsync(1);

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(() => sink.CommitAsync(1));

        Assert.Equal("No 3.", Assert.IsType<KafkaTransactionException>(failure.InnerException).Message);
    }

    [ContractFact]
    public async Task A_writer_that_still_runs_commits_nothing_twice()
    {
        await CreateTopicAsync(1);
        await using FaultyKafka kafka = new(Clients);
        SinkHarness<string> former = await OpenAsync(_task, kafka);
        former.Write("a");
        await former.PrepareAsync(1);

        // The next attempt recovers while the former one is in the middle of its transaction.
        bool isRecovered = false;
        kafka.Before = async step =>
        {
            if (step == "commit" && !isRecovered)
            {
                isRecovered = true;
                await OpenAsync(_task with { Attempt = 1 }, restored: [.. former.Pending]);
            }
        };
        await former.CommitAsync(1);
        Assert.True(isRecovered);
        Assert.Equal(["a"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task A_writer_that_still_runs_may_commit_at_any_step_of_a_recovery()
    {
        await CreateTopicAsync(1);
        List<string> written = [];
        for (int step = 1; step <= 5; step++)
        {
            SinkHarnessTask task = SinkHarnessTask.New();
            SinkHarness<string> former = await OpenAsync(task);
            written.Add($"step {step}");
            former.Write(written[^1]);
            await former.PrepareAsync(1);

            // Steps 1 to 5 of a recovery are init, marker, begin, send and commit.
            FaultyKafka recovering = Track(new FaultyKafka(Clients));
            bool hasCommitted = false;
            Committable[] stored = [.. former.Pending];
            recovering.Before = async _ =>
            {
                if (recovering.Steps == step && !hasCommitted)
                {
                    hasCommitted = true;
                    await former.CommitAsync(1);
                }
            };
            await OpenAsync(task with { Attempt = 1 }, recovering, stored);
            Assert.True(hasCommitted || step == 4, $"step {step}");
        }

        Assert.Equal(written, await ReadToEndAsync());
    }

    [ContractFact]
    public async Task Writers_that_a_smaller_parallelism_removes_are_fenced_and_their_committables_replayed()
    {
        await CreateTopicAsync(1);
        List<Committable> stored = [];
        List<FaultyKafka> processes = [];
        List<Task> commits = [];
        for (int subtask = 0; subtask < 3; subtask++)
        {
            FaultyKafka process = Track(new FaultyKafka(Clients));
            SinkHarness<string> sink = await OpenAsync(_task with { Subtask = subtask, Parallelism = 3 }, process);
            sink.Write($"row {subtask}");
            await sink.PrepareAsync(1);
            stored.AddRange(sink.Pending);
            processes.Add(process);

            // Each dies with its records written, and its transaction open.
            process.Before = step =>
            {
                if (step == "commit")
                {
                    process.Crash();
                }

                return Task.CompletedTask;
            };
            commits.Add(Assert.ThrowsAnyAsync<Exception>(() => sink.CommitAsync(1)));
        }

        await Task.WhenAll(commits);
        Assert.All(processes, process => Assert.True(process.HasCrashed));

        SinkHarness<string> one = await OpenAsync(_task with { Attempt = 1 }, restored: stored);
        one.Write("next");
        await one.PrepareAsync(2);
        await one.CommitAsync(2);

        // Transactions that stay open would hold up this reader.
        Assert.Equal(["row 0", "row 1", "row 2", "next"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task An_old_savepoint_is_restored_after_the_job_went_on()
    {
        await CreateTopicAsync(1);
        SinkHarness<string> first = await OpenAsync(_task);
        first.Write("a");
        await first.PrepareAsync(1);
        await first.CommitAsync(1);
        first.Write("b");
        await first.PrepareAsync(2);
        Committable[] savepoint = [.. first.Pending];
        first.Abort(2);
        foreach (long checkpoint in new[] { 3, 4, 5 })
        {
            first.Write($"first {checkpoint}");
            await first.PrepareAsync(checkpoint);
            await first.CommitAsync(checkpoint);
        }

        await first.DisposeAsync();

        // The other job has the same checkpoint ids; nothing of it is taken for visible, also not by its own recovery.
        SinkHarnessTask other = SinkHarnessTask.New();
        SinkHarness<string> second = await OpenAsync(other, restored: savepoint);
        second.Write("second 3");
        await second.PrepareAsync(3);
        Committable[] checkpoint3 = [.. second.Pending];
        await second.DisposeAsync();
        await OpenAsync(other with { Attempt = 1 }, restored: checkpoint3);
        Assert.Equal(["a", "b", "first 3", "first 4", "first 5", "second 3"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task Two_jobs_from_one_savepoint_neither_suppress_nor_fence_each_other()
    {
        await CreateTopicAsync(1);
        SinkHarness<string> first = await OpenAsync(_task);
        first.Write("shared");
        await first.PrepareAsync(1);
        Committable[] savepoint = [.. first.Pending];
        await first.DisposeAsync();

        SinkHarness<string>[] jobs =
            [await OpenAsync(SinkHarnessTask.New(), restored: savepoint), await OpenAsync(SinkHarnessTask.New(), restored: savepoint)];
        for (long checkpoint = 2; checkpoint <= 4; checkpoint++)
        {
            for (int job = 0; job < jobs.Length; job++)
            {
                jobs[job].Write($"{job}-{checkpoint}");
                await jobs[job].PrepareAsync(checkpoint);
            }

            await Task.WhenAll(jobs.Select(job => job.CommitAsync(checkpoint)));
        }

        IReadOnlyList<string> rows = await ReadToEndAsync();
        Assert.Equal(["0-2", "0-3", "0-4", "1-2", "1-3", "1-4", "shared"], rows.Order(StringComparer.Ordinal));
        Assert.Equal("shared", rows[0]);
        Assert.All(jobs, job => Assert.DoesNotContain(job.Logs.Lines, line => line.Id == 2050));
    }

    [ContractFact]
    public async Task A_job_that_still_runs_goes_on_after_another_one_has_started_from_its_savepoint()
    {
        await CreateTopicAsync(1);
        SinkHarness<string> running = await OpenAsync(_task);
        running.Write("shared");
        await running.PrepareAsync(1);
        Committable[] savepoint = [.. running.Pending];
        running.Abort(1);
        await OpenAsync(SinkHarnessTask.New(), restored: savepoint);
        Assert.Equal(["shared"], await ReadToEndAsync());

        running.Write("next");
        await running.PrepareAsync(2);
        await running.CommitAsync(2);
        Assert.Equal(["shared", "next"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task A_transaction_that_the_broker_has_expired_is_replayed()
    {
        await CreateTopicAsync(1);
        await using FaultyKafka kafka = new(Clients);
        SinkHarness<string> sink = await OpenAsync(_task, kafka, options: Options with { TransactionTimeout = TimeSpan.FromSeconds(1) });
        sink.Write("a");
        await sink.PrepareAsync(1);
        bool hasExpired = false;
        kafka.Before = async step =>
        {
            if (step == "commit" && !hasExpired)
            {
                // A record behind the transaction is readable when the broker has ended it, which it looks for every 10 s.
                hasExpired = true;
                await WriteAsync(0, "behind");
                ReaderProbe reader = OpenReader((0, 0));
                await reader.UntilAsync("the record behind the transaction", () => reader.Records.Count == 1, TimeSpan.FromSeconds(60));
            }
        };
        await sink.CommitAsync(1, TimeSpan.FromSeconds(90));
        Assert.True(hasExpired);
        Assert.Equal(["behind", "a"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task A_marker_that_is_missing_is_an_error()
    {
        await CreateTopicAsync(1);
        SinkHarness<string> first = await OpenAsync(_task);
        first.Write("a");
        await first.PrepareAsync(1);
        Committable[] stored = [.. first.Pending];
        await first.DisposeAsync();
        await RecreateTopicAsync(0);

        StateRestoreException error = await Assert.ThrowsAsync<StateRestoreException>(
            () => OpenAsync(_task with { Attempt = 1 }, restored: stored));

        Assert.Contains($"'{Topic}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(_task.Job.ToString(), error.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Records_keep_their_keys_headers_times_partitions_and_missing_values_through_a_checkpoint()
    {
        await CreateTopicAsync(3);
        SinkHarness<string> first = New(_task, Clients, Options, static (in row, record) =>
        {
            Encoding.UTF8.GetBytes(row, record.Key);
            Encoding.UTF8.GetBytes($"value of {row}", record.Value);
            record.Partition = 2;
            record.Timestamp = new Core.Time.EventTime(1_765_279_800_000);
            record.IsTombstone = row == "deleted";
            if (row == "traced")
            {
                record.AddHeader("trace", "1"u8);
                record.AddHeader("none", default, hasValue: false);
            }
        });
        await first.OpenAsync();
        first.Write("Đặng", "traced", "deleted");
        await first.PrepareAsync(1);
        await OpenAsync(_task with { Attempt = 1 }, restored: [.. first.Pending]);

        ReaderProbe reader = OpenReader((2, 0));
        await reader.ReadAsync(3);
        Assert.Equal(
            [("Đặng", "value of Đặng"), ("traced", "value of traced"), ("deleted", null)], reader.Records.Select(r => (r.Key, r.Value)));
        Assert.All(reader.Records, record => Assert.Equal(1_765_279_800_000, record.Timestamp.Milliseconds));
        Assert.Equal([("trace", "1"), ("none", null)], reader.Records[1].Headers);
        Assert.Empty(reader.Records[0].Headers);
    }

    [ContractFact]
    public async Task A_committable_of_many_blocks_and_a_large_record_is_written_whole()
    {
        await CreateTopicAsync(1);
        SinkHarness<string> sink = await OpenAsync(_task);
        string[] rows = [.. Numbered(new string('x', 1_000), 20_000), new string('y', 600_000), "last"];
        sink.Write(rows);
        await sink.PrepareAsync(1);
        Assert.True(sink.Pending[0].State.Length > 20_000_000);
        await sink.CommitAsync(1, TimeSpan.FromSeconds(60));

        Assert.Equal(rows, await ReadToEndAsync());
        Assert.Equal(rows.Length, sink.Acknowledged);
    }

    private KafkaSinkOptions Options => new()
    {
        BootstrapServers = Subject.Address,
        Topic = Topic,
        Delivery = DeliveryGuarantee.ExactlyOnce,
    };

    private SinkHarness<string> New(
        SinkHarnessTask task, IKafkaClients clients, KafkaSinkOptions options, KafkaSerializer<string>? serializer = null) =>
        Track(new SinkHarness<string>(
            rows => rows.ToKafka("sink", options, serializer ?? (static (in row, record) => Encoding.UTF8.GetBytes(row, record.Value))),
            task,
            TimeProvider.System,
            clients));

    private async Task<SinkHarness<string>> OpenAsync(
        SinkHarnessTask task, IKafkaClients? clients = null, IReadOnlyList<Committable>? restored = null, KafkaSinkOptions? options = null)
    {
        SinkHarness<string> sink = New(task, clients ?? Clients, options ?? Options);
        sink.Restored = restored ?? [];
        await sink.OpenAsync();
        return sink;
    }

    private async Task<int> CountStepsAsync()
    {
        FaultyKafka kafka = new(Clients);
        await RunAsync("without faults", kafka);
        return kafka.Steps;
    }

    // Runs the sink over all rows, in as many processes as it takes. A crashed one is followed by one that restores the last complete checkpoint.
    private async Task RunAsync(string what, params FaultyKafka[] processes)
    {
        string prefix = $"{Guid.NewGuid():n} ";
        await CreateTopicAsync(1);
        Progress progress = new(SinkHarnessTask.New());
        Queue<FaultyKafka> next = new(processes);
        bool isDone = false;
        while (!isDone)
        {
            FaultyKafka process = Track(next.Count > 0 ? next.Dequeue() : new FaultyKafka(Clients));
            isDone = await TryRunAsync(process, progress, prefix);
            Assert.True(isDone || process.HasCrashed, what);
        }

        Assert.Empty(next);
        IEnumerable<string> visible = (await ReadToEndAsync()).Where(row => row.StartsWith(prefix, StringComparison.Ordinal));
        Assert.True(Rows.Select(row => prefix + row).SequenceEqual(visible), $"{what}: {string.Join(", ", visible)}");
    }

    private async Task<bool> TryRunAsync(FaultyKafka process, Progress progress, string prefix)
    {
        try
        {
            SinkHarness<string> sink = await OpenAsync(progress.NextAttempt(), process, progress.Committables);
            for (int position = progress.Position; position < Rows.Length; position += 2)
            {
                sink.Write(prefix + Rows[position], prefix + Rows[position + 1]);
                long checkpoint = ++progress.Checkpoint;
                await sink.PrepareAsync(checkpoint);
                if (position == 2)
                {
                    sink.Abort(checkpoint);
                    continue;
                }

                (progress.Position, progress.Committables) = (position + 2, [.. sink.Pending]);
                await sink.CommitAsync(checkpoint);
            }

            await sink.DisposeAsync();
            return true;
        }
        catch (Exception e) when (e is ProcessCrashedException || e.InnerException is ProcessCrashedException)
        {
            return false;
        }
    }

    private sealed class Progress(SinkHarnessTask task)
    {
        private int _attempts;

        public long Checkpoint { get; set; }

        /// <summary>The rows that the last complete checkpoint covers.</summary>
        public int Position { get; set; }

        /// <summary>The pending committables in the last complete checkpoint.</summary>
        public IReadOnlyList<Committable> Committables { get; set; } = [];

        public SinkHarnessTask NextAttempt() => task with { Attempt = _attempts++ };
    }
}
