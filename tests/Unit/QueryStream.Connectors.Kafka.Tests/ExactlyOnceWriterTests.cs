using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka.Sink.Transactions;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Connectors.Kafka.Tests;

/// <summary>
/// The limits, the stored format and the life cycle of the exactly-once sink. What readers see after failures is tested by ExactlyOnceSinkContract.
/// </summary>
public sealed class ExactlyOnceWriterTests
{
    private const int Mebibyte = 1024 * 1024;

    private readonly ManualTime _time = new();
    private readonly InMemoryKafka _kafka;

    public ExactlyOnceWriterTests()
    {
        _kafka = new InMemoryKafka(_time, NullLoggerFactory.Instance);
        _kafka.CreateTopic("t", 1);
    }

    private static KafkaSinkOptions Options =>
        new() { BootstrapServers = "memory:1", Topic = "t", Delivery = DeliveryGuarantee.ExactlyOnce, MaxUncommittedBytes = Mebibyte };

    [Fact]
    public async Task Output_above_the_limit_fails_in_a_job_without_checkpoints_with_the_name_of_the_option()
    {
        await using SinkHarness<string> sink = New(Options, SinkHarnessTask.New());
        sink.HasCheckpoints = false;
        await sink.OpenAsync();
        sink.Write(new string('x', Mebibyte / 2));
        Assert.False(sink.Writer.IsFull);

        SettingException error = Assert.Throws<SettingException>(() => sink.Write(new string('x', Mebibyte / 2)));

        Assert.Equal("MaxUncommittedBytes", error.Setting);
        Assert.Contains("'sink'", error.Message, StringComparison.Ordinal);
        Assert.Contains("execution.checkpointing.dir", error.Message, StringComparison.Ordinal);
        Assert.Empty(sink.CheckpointRequests);
    }

    [Fact]
    public async Task The_sink_asks_for_a_checkpoint_at_half_of_the_limit_and_once_until_its_barrier_comes()
    {
        await using SinkHarness<string> sink = await OpenAsync();
        sink.Write(new string('x', (Mebibyte / 2) - 100));
        Assert.Empty(sink.CheckpointRequests);
        sink.Write(new string('x', 100));
        sink.Write("more");
        Assert.Contains("MaxUncommittedBytes", Assert.Single(sink.CheckpointRequests), StringComparison.Ordinal);
        Assert.False(sink.Writer.IsFull);

        await sink.PrepareAsync(1);
        sink.Write(new string('y', (Mebibyte / 2) - 100));
        Assert.Single(sink.CheckpointRequests);
        sink.Write(new string('y', 100));
        Assert.Equal(2, sink.CheckpointRequests.Count);
    }

    [Fact]
    public async Task The_sink_asks_again_for_a_checkpoint_that_was_aborted_and_takes_none_for_what_a_commit_makes_visible()
    {
        await using SinkHarness<string> sink = await OpenAsync();
        sink.Write(new string('x', Mebibyte / 2));
        sink.Abort(1);
        Assert.Equal(2, sink.CheckpointRequests.Count);
        await sink.PrepareAsync(2);
        sink.Write("y");
        sink.Abort(2);
        Assert.Equal(3, sink.CheckpointRequests.Count);

        await sink.PrepareAsync(3);
        await sink.CommitAsync(3);
        sink.Write("z");
        sink.Abort(4);
        Assert.Equal(3, sink.CheckpointRequests.Count);
        Assert.Equal(2, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task At_the_limit_the_sink_takes_only_rows_in_front_of_a_barrier()
    {
        await using SinkHarness<string> sink = await OpenAsync();
        sink.Write(new string('x', Mebibyte));
        Assert.True(sink.Writer.IsFull);
        sink.IsBarrierComing = true;
        Assert.False(sink.Writer.IsFull);
        sink.Write(new string('x', Mebibyte));
        Assert.False(sink.Writer.IsFull);

        sink.IsBarrierComing = false;
        await sink.PrepareAsync(1);
        Assert.True(sink.Writer.IsFull);
        await sink.CommitAsync(1);
        Assert.False(sink.Writer.IsFull);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Too_many_rows_in_front_of_a_barrier_fail_the_task_for_good_or_until_a_restart_where_checkpoints_have_failed(bool hasFailed)
    {
        await using SinkHarness<string> sink = await OpenAsync();
        string row = new('x', Mebibyte);
        sink.IsBarrierComing = true;
        for (int written = 0; written < 65; written++)
        {
            sink.Write(row);
            if (written == 30 && hasFailed)
            {
                await sink.PrepareAsync(1);
                sink.Abort(1);
            }
        }

        QueryStreamException error = Assert.ThrowsAny<QueryStreamException>(() => sink.Write(row));

        Assert.Equal(hasFailed ? ErrorCode.CheckpointFailed : ErrorCode.Setting, error.Code);
        Assert.Contains("'sink', subtask 0, holds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_limit_the_sink_is_full_until_the_checkpoint_under_way_has_made_room()
    {
        await using SinkHarness<string> sink = await OpenAsync();
        sink.Write(new string('x', Mebibyte / 2));
        await sink.PrepareAsync(1);
        sink.Write(new string('y', Mebibyte / 2));
        Assert.True(sink.Writer.IsFull);

        await sink.CommitAsync(1);
        Assert.False(sink.Writer.IsFull);
        sink.Write("z");
        await sink.PrepareAsync(2);
        await sink.CommitAsync(2);
        Assert.Equal(3, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task A_topic_that_is_gone_fails_the_task_instead_of_losing_its_rows()
    {
        await using SinkHarness<string> sink = await OpenAsync();
        sink.Write("a");
        await sink.PrepareAsync(1);
        _kafka.DeleteTopic("t");

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(() => sink.CommitAsync(1));

        Assert.Contains("'t' was deleted", Assert.IsType<ServiceRefusedException>(failure.InnerException).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_writer_id_that_is_in_use_already_is_refused()
    {
        SinkHarnessTask task = SinkHarnessTask.New();
        await using SinkHarness<string> first = New(Options, task);
        await first.OpenAsync();
        await using SinkHarness<string> second = New(Options, task);

        Assert.Contains(
            "another job with the same id", (await Assert.ThrowsAsync<StateRestoreException>(second.OpenAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Committables_of_another_kind_of_sink_are_refused_by_name()
    {
        await using SinkHarness<string> sink = New(Options, SinkHarnessTask.New());
        sink.Restored = [new Committable(3, new CheckpointId(7), new ReadOnlySequence<byte>("something else"u8.ToArray()))];

        string message = (await Assert.ThrowsAsync<StateRestoreException>(sink.OpenAsync)).Message;

        Assert.Contains("'sink' cannot restore committable 7 of subtask 3", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_layout_of_a_stored_record_stays_as_it_is()
    {
        KafkaRecordBuilder record = new() { Partition = 1, Timestamp = new EventTime(2) };
        record.Key.Write("k"u8);
        record.Value.Write("vv"u8);
        record.AddHeader("h", "i"u8);
        byte[] bytes = new byte[CommittableRecord.SizeOf(record)];
        CommittableRecord.Write(record, bytes);

        Assert.Equal(
            "0F" + "0200000000000000" + "01000000" + "01000000" + "02000000" + "0A000000" + "6B" + "7676" + "01000000" + "01000000" + "6869",
            Convert.ToHexString(bytes));
        ReadOnlySpan<byte> rest = bytes;
        CommittableRecord read = CommittableRecord.Read(ref rest);
        Assert.True(rest.IsEmpty);
        Assert.Equal((1, 2L, true), (read.Partition, read.Time!.Value.Milliseconds, read.HasValue));
        Assert.Equal(("k", "vv"), (Encoding.UTF8.GetString(read.Key), Encoding.UTF8.GetString(read.Value)));

        record.Reset();
        record.IsTombstone = true;
        Assert.Equal(9, CommittableRecord.SizeOf(record));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_restored_job_of_any_parallelism_shows_what_its_checkpoint_holds(int parallelism)
    {
        HarnessSource<string> source = new(splits: 3);
        HarnessSnapshot snapshot;
        using (JobHarness first = NewJob(source, parallelism: 2))
        {
            Push(first, source, "a", "b", "c");
            snapshot = first.Snapshot();
            Push(first, source, "never");
            _ = first.Snapshot();
        }

        Assert.Empty(await ReadAsync());
        using JobHarness second = JobHarness.Restore(
            job => Define(job, source), snapshot, parallelism, seed: 2, checkpoints: true, services: _ => new Services(_kafka));
        second.IsPinned = true;
        Assert.Null(second.Failure);
        Assert.Equal(["a", "b", "c"], (await ReadAsync()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_last_rows_are_committed_at_the_end(bool hasCheckpoints)
    {
        HarnessSource<string> source = new(splits: 3);
        using JobHarness job = NewJob(source, parallelism: 2, hasCheckpoints);
        Push(job, source, "a", "b", "c");
        source.EndAll();
        job.Run();
        if (hasCheckpoints)
        {
            Assert.Empty(await ReadAsync());
            Assert.False(job.IsFinished);
            job.CompleteCheckpoint(job.Snapshot());
        }

        Assert.True(job.IsFinished);
        Assert.Equal(["a", "b", "c"], (await ReadAsync()).Order(StringComparer.Ordinal));
    }

    // The sink is full, so it is not until the checkpoint is triggered that it takes the rows that the barrier cannot pass.
    [Fact]
    public async Task A_barrier_passes_a_full_sink_whose_input_holds_rows_in_front_of_it()
    {
        HarnessSource<string> source = new(splits: 3);
        using JobHarness job = NewJob(source, parallelism: 1);
        string[] rows = [.. Enumerable.Range(0, 12).Select(number => new string((char)('a' + number), 300_000))];
        foreach (string row in rows)
        {
            Push(job, source, row);
        }

        Assert.Null(job.Failure);
        Assert.Equal(new CheckpointId(0), Assert.Single(job.CheckpointRequests).LastBarrier);
        long taken = job.Metrics.Max(metrics => metrics.RowsIn.Value);
        Assert.InRange(taken, 4, 5);

        HarnessSnapshot snapshot = job.Snapshot();
        job.CompleteCheckpoint(snapshot);
        job.Run();
        Assert.Null(job.Failure);
        Assert.Equal(rows, (await ReadAsync()).Order(StringComparer.Ordinal));
    }

    private static void Define(StreamBuilder job, HarnessSource<string> source) =>
        job.Source("rows", source).Rebalance().ToKafka("sink", Options, Encode);

    private static void Encode(in string row, KafkaRecordBuilder record) => Encoding.UTF8.GetBytes(row, record.Value);

    private static void Push(JobHarness job, HarnessSource<string> source, params string[] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            source.Push(rows[i], time: i, split: i % 3);
        }

        job.Run();
    }

    private JobHarness NewJob(HarnessSource<string> source, int parallelism, bool hasCheckpoints = true) =>
        new(job => Define(job, source), parallelism, services: _ => new Services(_kafka), checkpoints: hasCheckpoints) { IsPinned = true };

    private SinkHarness<string> New(KafkaSinkOptions options, SinkHarnessTask task) =>
        new(rows => rows.ToKafka("sink", options, Encode), task, _time, _kafka);

    private async Task<SinkHarness<string>> OpenAsync()
    {
        SinkHarness<string> sink = New(Options, SinkHarnessTask.New());
        await sink.OpenAsync();
        return sink;
    }

    private async Task<IReadOnlyList<string>> ReadAsync()
    {
        KafkaSourceOptions options = new() { BootstrapServers = "memory:1", Topic = "t", IsBounded = true };
        await using SourceHarness<Core.Texts.Text> source = new(job => job.Kafka<Core.Texts.Text>("t", options).Text(), 0, 1, _time, _kafka);
        await source.OpenAsync();
        await source.ReadToEndAsync();
        return [.. source.Rows.Select(row => row.Row.ToString())];
    }

    private sealed class Services(InMemoryKafka kafka) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(kafka) ? kafka : null;
    }
}
