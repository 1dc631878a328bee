using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>What the source does on every implementation.</summary>
public abstract class SourceContract(ISubject subject) : KafkaContract(subject)
{
    [ContractFact]
    public async Task A_bounded_source_ends_where_the_partitions_ended_when_it_was_opened()
    {
        await CreateTopicAsync(3);
        await WriteAsync(0, Numbered("a", 2_500));
        await WriteAsync(2, Numbered("c", 10));
        SourceHarness<string> source = await OpenAsync(Options with { IsBounded = true });
        await WriteAsync(0, "too late");
        await WriteAsync(1, "too late");

        await source.ReadToEndAsync();

        Assert.Equal([$"{Topic}-0", $"{Topic}-1", $"{Topic}-2"], source.Splits);
        Assert.Equal(Numbered("a", 2_500), Rows(source, split: 0));
        Assert.Empty(Rows(source, split: 1));
        Assert.Equal(Numbered("c", 10), Rows(source, split: 2));
        Assert.Equal([0, 1, 2], source.Ends.Where(end => end.IsFinal).Select(end => end.Split).Order());
        source.Poll();
        Assert.Equal(SourcePoll.End, source.LastPoll);
        Assert.Equal(3, source.Ends.Count(end => end.IsFinal));
    }

    [ContractFact]
    public async Task Partitions_are_dealt_out_by_their_index()
    {
        await CreateTopicAsync(5);
        for (int partition = 0; partition < 5; partition++)
        {
            await WriteAsync(partition, $"of {partition}");
        }

        SourceHarness<string> first = await OpenAsync(Options with { IsBounded = true }, subtask: 0, parallelism: 2);
        SourceHarness<string> second = await OpenAsync(Options with { IsBounded = true }, subtask: 1, parallelism: 2);
        await first.ReadToEndAsync();
        await second.ReadToEndAsync();

        Assert.Equal([$"{Topic}-0", $"{Topic}-2", $"{Topic}-4"], first.Splits);
        Assert.Equal(["of 0", "of 2", "of 4"], first.Rows.OrderBy(row => row.Split).Select(row => row.Row));
        Assert.Equal(["of 1", "of 3"], second.Rows.OrderBy(row => row.Split).Select(row => row.Row));
    }

    [ContractFact]
    public async Task A_subtask_without_partitions_ends_at_once_or_waits()
    {
        await CreateTopicAsync(1);
        SourceHarness<string> bounded = await OpenAsync(Options with { IsBounded = true }, subtask: 1, parallelism: 2);
        SourceHarness<string> unbounded = await OpenAsync(Options, subtask: 1, parallelism: 2);
        bounded.Poll();
        unbounded.Poll();

        Assert.Equal((SourcePoll.End, SourcePoll.Wait), (bounded.LastPoll, unbounded.LastPoll));
        Assert.Empty(bounded.Splits);
        Assert.Empty(bounded.Ends);
        Assert.Empty(unbounded.Ends);
    }

    [ContractFact]
    public async Task An_empty_topic_ends_at_once()
    {
        await CreateTopicAsync(4);
        SourceHarness<string> source = await OpenAsync(Options with { IsBounded = true });
        source.Poll();

        Assert.Equal(SourcePoll.End, source.LastPoll);
        Assert.Equal([0, 1, 2, 3], source.Ends.Where(end => end.IsFinal).Select(end => end.Split));
    }

    [ContractFact]
    public async Task Partitions_that_a_topic_gets_are_read_from_their_beginning_and_are_in_snapshots()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, "a0");
        KafkaSourceOptions options = Options with { Start = KafkaStart.Latest, PartitionDiscoveryInterval = TimeSpan.FromMilliseconds(100), GroupId = Group };
        SourceHarness<string> first = await OpenAsync(options, subtask: 0, parallelism: 2);
        SourceHarness<string> second = await OpenAsync(options, subtask: 1, parallelism: 2);
        first.Poll();

        await Admin.AddPartitionsAsync(Topic, 5, CancellationToken.None);

        // A client of its own: one that is connected learns of partitions minutes later.
        IKafkaProducer writer = Track(Clients.OpenProducer(Connect("later"), Topic, new ProducerProbe()));
        for (int partition = 0; partition < 5; partition++)
        {
            writer.Add([], Encoding.UTF8.GetBytes($"of {partition}"), partition: partition);
        }

        await writer.FlushAsync(CancellationToken.None);
        await first.ReadAsync(3);
        await second.ReadAsync(2);

        Assert.Equal([$"{Topic}-0", $"{Topic}-2", $"{Topic}-4"], first.Splits);
        Assert.Equal([$"{Topic}-1", $"{Topic}-3"], second.Splits);
        Assert.Equal(["of 0", "of 2", "of 4"], first.Rows.OrderBy(row => row.Split).Select(row => row.Row));
        Assert.Equal(["of 1", "of 3"], second.Rows.OrderBy(row => row.Split).Select(row => row.Row));
        Assert.Equal((1, 0, 0), (PositionOf(first, 0), PositionOf(first, 2), PositionOf(second, 3)));
        await first.DisposeAsync();
        Assert.Equal([2L, 1L], await Admin.CommittedAsync(Topic, [0, 4], CancellationToken.None));

        SourceHarness<string> restored = New(options with { IsBounded = true }, subtask: 0, parallelism: 1);
        restored.Restored = first.Snapshot().Concat(second.Snapshot()).ToDictionary(split => split.Key, split => split.Value);
        await restored.OpenAsync();
        await restored.ReadToEndAsync();
        Assert.Empty(restored.Rows);
    }

    [ContractFact]
    public async Task A_snapshot_goes_before_the_start_setting()
    {
        await CreateTopicAsync(3);
        await WriteAsync(0, Numbered("a", 10));
        await WriteAsync(1, Numbered("b", 10));
        await WriteAsync(2, Numbered("c", 2));
        SourceHarness<string> source = New(Options with { IsBounded = true, Start = KafkaStart.Latest }, subtask: 0, parallelism: 1);
        source.Restored = new Dictionary<string, long> { [$"{Topic}-0"] = 3, [$"{Topic}-1"] = 9, ["other-2"] = 1 };
        await source.OpenAsync();
        await source.ReadToEndAsync();

        // The third partition is not in the snapshot: it is newer, and nothing of it was read.
        Assert.Equal(Numbered("a", 10).Skip(4), Rows(source, split: 0));
        Assert.Empty(Rows(source, split: 1));
        Assert.Equal(Numbered("c", 2), Rows(source, split: 2));
    }

    [ContractFact]
    public async Task Starting_at_the_end_brings_only_what_follows()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("before", 10));
        SourceHarness<string> source = await OpenAsync(Options with { Start = KafkaStart.Latest });
        await WriteAsync(0, "after 0");
        await WriteAsync(1, "after 1");

        await source.ReadAsync(2);

        Assert.Equal(["after 0", "after 1"], source.Rows.Select(row => row.Row).Order(StringComparer.Ordinal));
    }

    [ContractFact]
    public async Task A_partition_that_has_brought_nothing_goes_on_where_it_began()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("before", 10));
        KafkaSourceOptions options = Options with { Start = KafkaStart.Latest };
        SourceHarness<string> first = await OpenAsync(options);
        first.Poll();
        await first.DisposeAsync();
        await WriteAsync(0, "after 0");
        await WriteAsync(1, "after 1");

        SourceHarness<string> restored = New(options with { IsBounded = true }, subtask: 0, parallelism: 1);
        restored.Restored = first.Snapshot();
        await restored.OpenAsync();
        await restored.ReadToEndAsync();

        Assert.Equal(["after 0", "after 1"], restored.Rows.Select(row => row.Row).Order(StringComparer.Ordinal));
    }

    [ContractFact]
    public async Task Starting_at_a_time_brings_the_records_from_then_on()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, "old", "old");
        await WriteAsync(1, "old");
        await TestKit.Wait.UntilAsync("the clock to go on", ClockHasMoved(out EventTime time));
        await WriteAsync(0, "new");

        SourceHarness<string> source = await OpenAsync(Options with { Start = KafkaStart.Timestamp(time), IsBounded = true });
        await source.ReadToEndAsync();

        Assert.Equal(["new"], source.Rows.Select(row => row.Row));
    }

    [ContractFact]
    public async Task A_group_goes_on_behind_what_it_was_handed()
    {
        await CreateTopicAsync(3);
        await WriteAsync(0, Numbered("a", 10));
        await WriteAsync(1, "bad", "b1");
        KafkaSourceOptions options = Options with { Start = KafkaStart.Group };
        SourceHarness<string> first = await OpenAsync(options);
        await first.ReadAsync(11);
        await first.DisposeAsync();
        Assert.Equal([10L, 2L, null], await Admin.CommittedAsync(Topic, [0, 1, 2], CancellationToken.None));
        await WriteAsync(0, "a10");
        await WriteAsync(2, "c0");

        SourceHarness<string> second = await OpenAsync(options);
        await second.ReadAsync(2);

        Assert.Equal(["a10", "c0"], second.Rows.Select(row => row.Row).Order(StringComparer.Ordinal));
    }

    [ContractFact]
    public async Task With_checkpoints_a_group_has_what_the_last_completed_one_holds()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 10));
        SourceHarness<string> source = New(Options, subtask: 0, parallelism: 1);
        source.HasCheckpoints = true;
        await source.OpenAsync();
        await source.ReadAsync(10);
        Assert.Equal([null, null], await Admin.CommittedAsync(Topic, [0, 1], CancellationToken.None));

        source.CompleteCheckpoint(1);
        await TestKit.Wait.UntilAsync("the commit", async () => (await Admin.CommittedAsync(Topic, [0], CancellationToken.None))[0] == 10);
        await WriteAsync(0, "a10");
        await source.ReadAsync(11);
        await source.DisposeAsync();

        Assert.Equal([10L, null], await Admin.CommittedAsync(Topic, [0, 1], CancellationToken.None));
    }

    [ContractFact]
    public async Task A_group_whose_offset_does_not_exist_begins_with_the_oldest_and_says_so()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, Numbered("a", 3));
        await Admin.CommitAsync(Topic, [new KafkaOffset(0, 99)], CancellationToken.None);

        SourceHarness<string> source = await OpenAsync(Options with { Start = KafkaStart.Group, IsBounded = true });
        await source.ReadToEndAsync();

        Assert.Equal(Numbered("a", 3), source.Rows.Select(row => row.Row));
        Assert.Contains(source.Logs.Lines, line => line.Id == 2032 && line.Message.Contains("99", StringComparison.Ordinal));
    }

    [ContractFact]
    public async Task What_cannot_become_a_row_becomes_a_dead_letter_at_its_place()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out _);
        producer.Add([], "good"u8);
        producer.Add("key"u8, [], hasValue: false);
        producer.Add([], "bad"u8);
        producer.Add([], Encoding.UTF8.GetBytes(new string('x', 100_001)));
        producer.Add([], Encoding.UTF8.GetBytes(new string('y', 100_000)));
        await producer.FlushAsync(CancellationToken.None);

        SourceHarness<string> source = await OpenAsync(Options with { IsBounded = true, MaxRecordBytes = 100_000 });
        await source.ReadToEndAsync();

        Assert.Equal(["good", new string('y', 100_000)], source.Rows.Select(row => row.Row));
        Assert.Equal([(1L, "null-value"), (2L, "bad-text"), (3L, "record-too-large")], source.DeadLetters.Select(l => (l.Offset, l.Reason)));
        Assert.All(source.DeadLetters, letter => Assert.Equal((Topic, 0), (letter.Topic, letter.Partition)));
        Assert.Equal("it says bad", source.DeadLetters[1].Detail);
        Assert.Null(source.DeadLetters[0].Value);
        Assert.Equal("bad"u8.ToArray(), source.DeadLetters[1].Value);
        Assert.Equal(DeadLetter.MaxValueBytes, source.DeadLetters[2].Value!.Length);
        Assert.Equal(5, source.RecordsRead);
    }

    [ContractFact]
    public async Task A_decoder_reads_the_headers_that_it_asks_for()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out _);
        KafkaRecordBuilder record = new();
        record.AddHeader("trace", "first"u8);
        record.AddHeader("other", "x"u8);
        record.AddHeader("trace", "last"u8);
        producer.Add(record);
        producer.Add([], "no headers"u8);
        await producer.FlushAsync(CancellationToken.None);

        await using SourceHarness<string> source = new(
            job => job.Kafka<string>("traces", Options with { IsBounded = true }).Format(new TraceFormat()), 0, 1, TimeProvider.System, Clients);
        await source.OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal(["last"], source.Rows.Select(row => row.Row));
        Assert.Equal((1L, "no-trace"), (source.DeadLetters[0].Offset, source.DeadLetters[0].Reason));
    }

    [ContractFact]
    public async Task A_time_out_of_range_is_a_dead_letter()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, "good");
        SourceHarness<string> source = await OpenAsync(Options with { IsBounded = true });
        source.TimeRange = (EventTime.MinValue, new EventTime(1_000));
        await source.ReadToEndAsync();

        DeadLetter letter = Assert.Single(source.DeadLetters);
        Assert.Equal("time-out-of-range", letter.Reason);
        Assert.Contains("1970-01-01T00:00:01", letter.Detail, StringComparison.Ordinal);
        Assert.Equal(1, source.RecordsRead);
    }

    [ContractFact]
    public async Task Silence_is_confirmed_for_partitions_read_to_their_end()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, "a");
        EventTime opened = EventTime.From(TimeProvider.System.GetUtcNow());
        SourceHarness<string> source = await OpenAsync(Options);

        await source.ReadUntilAsync("confirmations", () => source.Ends.Count(end => end.Split == 0) >= 2 && source.Ends.Count(end => end.Split == 1) >= 2);

        Assert.Single(source.Rows);
        Assert.All(source.Ends, end => Assert.False(end.IsFinal));
        Assert.All(source.Ends, end => Assert.InRange(end.At.Milliseconds, opened.Milliseconds, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    [ContractFact]
    public async Task A_silent_partition_is_not_confirmed_while_records_of_it_wait()
    {
        await CreateTopicAsync(1);
        SourceHarness<string> source = await OpenAsync(Options);
        await source.ReadUntilAsync("a confirmation", () => source.Ends.Count > 0);
        await WriteAsync(0, "a");
        long written = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        // Not polled for a while, as under backpressure, so that answers from after the record wait together with it.
        await TestKit.Wait.UntilAsync("the clock to go on", () => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() > written + 2_500);
        int confirmed = source.Ends.Count;
        await source.ReadAsync(1);
        Assert.All(source.Ends.Skip(confirmed), end => Assert.True(end.At.Milliseconds <= written));

        await source.ReadUntilAsync("the next confirmation", () => source.Ends[^1].At.Milliseconds > written);
    }

    [ContractFact]
    public async Task A_deleted_topic_is_a_problem_with_a_warning_and_no_longer_holds_back_time()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 8));
        await WriteAsync(1, Numbered("b", 8));
        SourceHarness<string> source = await OpenAsync(Watched);
        await source.ReadAsync(16);

        await Admin.DeleteTopicAsync(Topic, CancellationToken.None);
        await source.ReadUntilAsync("the problem", () => source.Problem is not null);
        EventTime deleted = EventTime.From(TimeProvider.System.GetUtcNow());
        await source.ReadUntilAsync("proofs", () => Enumerable.Range(0, 2).All(split => source.Ends.Any(end => end.Split == split && end.At > deleted)));

        Assert.Contains(Topic, source.Problem, StringComparison.Ordinal);
        Assert.Contains("deleted", Assert.Single(source.Logs.Lines, line => line.Id == 2043).Message, StringComparison.Ordinal);
        Assert.Null(source.Failure);
    }

    [ContractFact]
    public async Task A_topic_that_is_created_again_with_fewer_partitions_is_read_from_its_beginning()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("old", 8));
        await WriteAsync(1, Numbered("old", 8));
        SourceHarness<string> source = await OpenAsync(Watched);
        await source.ReadAsync(16);

        await Admin.DeleteTopicAsync(Topic, CancellationToken.None);
        await CreateTopicAsync(1);
        IKafkaProducer writer = Track(Clients.OpenProducer(Connect("later"), Topic, new ProducerProbe()));
        writer.Add([], "new"u8, partition: 0);
        await writer.FlushAsync(CancellationToken.None);
        await source.ReadAsync(17);

        Assert.Equal([$"{Topic}-0", $"{Topic}-1"], source.Splits);
        Assert.Equal([.. Numbered("old", 8), "new"], Rows(source, split: 0));
        Assert.Equal([1], source.Ends.Where(end => end.IsFinal).Select(end => end.Split));
        Assert.Equal(0, PositionOf(source, 0));
        Assert.Contains(Topic, source.Problem, StringComparison.Ordinal);
        Assert.Single(source.Logs.Lines, line => line.Id == 2044);
    }

    [ContractFact]
    public async Task A_topic_that_is_created_again_with_more_records_is_read_from_its_beginning_and_each_record_once()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, Numbered("old", 30));
        SourceHarness<string> source = await OpenAsync(Watched with { PartitionDiscoveryInterval = TimeSpan.FromSeconds(1) });
        await source.ReadAsync(30);

        // Not polled meanwhile, and filled beyond the position, so that a reader that goes on there finds records.
        await RecreateAsync(100);
        await source.ReadAsync(130);
        EventTime read = EventTime.From(TimeProvider.System.GetUtcNow());
        await source.ReadUntilAsync("the end", () => source.Ends.Any(end => end.At > read));

        Assert.Equal([.. Numbered("old", 30), .. Numbered("new", 100)], source.Rows.Select(row => row.Row));
        Assert.Equal((130, 99), (source.RecordsRead, PositionOf(source, 0)));
    }

    [ContractFact]
    public async Task A_topic_that_is_created_again_fails_the_job_where_that_is_wanted()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, Numbered("old", 3));
        SourceHarness<string> source = await OpenAsync(Watched with { WhenRecreated = KafkaRecreatedTopic.Fail });
        await source.ReadAsync(3);

        await RecreateAsync(5);
        await source.ReadUntilAsync("the failure", () => source.Failure is not null);

        Assert.Contains("created again", Assert.IsType<ServiceRefusedException>(source.Failure).Message, StringComparison.Ordinal);
        Assert.Equal(Numbered("old", 3), source.Rows.Select(row => row.Row));
    }

    [ContractFact]
    public async Task A_snapshot_of_a_topic_that_was_created_again_is_not_for_the_new_one()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("old", 3));
        await WriteAsync(1, Numbered("old", 3));
        SourceHarness<string> first = await OpenAsync(Options with { IsBounded = true });
        await first.ReadToEndAsync();
        await RecreateAsync(5);

        SourceHarness<string> refused = New(Options with { IsBounded = true, WhenRecreated = KafkaRecreatedTopic.Fail }, 0, 1);
        (refused.Restored, refused.RestoredStates) = (first.Snapshot(), first.SnapshotStates());
        ServiceRefusedException error = await Assert.ThrowsAsync<ServiceRefusedException>(refused.OpenAsync);
        Assert.Contains("created again", error.Message, StringComparison.Ordinal);

        SourceHarness<string> restored = New(Options with { IsBounded = true, Start = KafkaStart.Latest }, 0, 1);
        (restored.Restored, restored.RestoredStates) = (first.Snapshot(), first.SnapshotStates());
        await restored.OpenAsync();
        await restored.ReadToEndAsync();
        Assert.Equal(Numbered("new", 5), restored.Rows.Select(row => row.Row));
        Assert.Single(restored.Logs.Lines, line => line.Id == 2044);
    }

    [ContractFact]
    public async Task A_bounded_source_whose_topic_is_deleted_fails()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, Enumerable.Repeat(new string('x', 200_000), 40));

        // One of eight subtasks queues 2 MiB, so that most of the 8 MB is still to be fetched when the topic goes.
        SourceHarness<string> source = await OpenAsync(Watched with { IsBounded = true }, subtask: 0, parallelism: 8);
        await Admin.DeleteTopicAsync(Topic, CancellationToken.None);
        await source.ReadUntilAsync("the failure", () => source.Failure is not null);

        Assert.Contains("was deleted before it was read to its end", Assert.IsType<ServiceRefusedException>(source.Failure).Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_changelog_is_read_as_updates_and_deletes()
    {
        await CreateTopicAsync(1);
        IKafkaProducer writer = OpenProducer(out _);
        writer.Add("Đặng"u8, """["Đặng",1]"""u8);
        writer.Add("b"u8, """["b",1]"""u8);
        writer.Add("Đặng"u8, default, hasValue: false);
        writer.Add(default, """["c",1]"""u8);
        writer.Add([0xFF], default, hasValue: false);
        writer.Add("b"u8, "["u8);
        await writer.FlushAsync(CancellationToken.None);

        await using SourceHarness<Change<(string User, int Count)>> source = new(
            job => job.KafkaChangelog<(string User, int Count)>("totals", user => (user.ToString(), 0), Options with { IsBounded = true }).Json(),
            0, 1, TimeProvider.System, Clients);
        await source.OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal([Change.UpdateAfter(("Đặng", 1)), Change.UpdateAfter(("b", 1)), Change.Delete(("Đặng", 0))], source.Rows.Select(row => row.Row));
        Assert.Equal(
            [(3L, "missing-key"), (4L, "invalid-utf8"), (5L, "malformed-json")], source.DeadLetters.Select(letter => (letter.Offset, letter.Reason)));
    }

    [ContractFact]
    public async Task An_unknown_topic_is_refused_with_the_names_of_those_that_exist()
    {
        string other = $"{Topic}-other";
        await Admin.CreateTopicAsync(other, 1, config: null, CancellationToken.None);
        SourceHarness<string> source = New(Options, 0, 1);

        ServiceRefusedException error = await Assert.ThrowsAsync<ServiceRefusedException>(source.OpenAsync);

        Assert.Contains($"'{Topic}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(Subject.Address, error.Message, StringComparison.Ordinal);
        IReadOnlyList<string> topics = await Admin.ListTopicsAsync(CancellationToken.None);
        Assert.Contains(topics[0], error.Message, StringComparison.Ordinal);
    }

    private long PositionOf(SourceHarness<string> source, int partition) => source.Snapshot()[$"{Topic}-{partition}"];

    private KafkaSourceOptions Options => new() { BootstrapServers = Subject.Address, Topic = Topic, GroupId = Group };

    private static IEnumerable<string> Rows(SourceHarness<string> source, int split) => source.Rows.Where(row => row.Split == split).Select(row => row.Row);

    private static Func<bool> ClockHasMoved(out EventTime next)
    {
        EventTime moment = EventTime.From(TimeProvider.System.GetUtcNow()).Add(20);
        next = moment;
        return () => EventTime.From(TimeProvider.System.GetUtcNow()) > moment;
    }

    private KafkaSourceOptions Watched => Options with { PartitionDiscoveryInterval = TimeSpan.FromMilliseconds(200) };

    private async Task RecreateAsync(int records)
    {
        await Admin.DeleteTopicAsync(Topic, CancellationToken.None);
        await CreateTopicAsync(1);
        IKafkaProducer writer = Track(Clients.OpenProducer(Connect("recreated"), Topic, new ProducerProbe()));
        foreach (string value in Numbered("new", records))
        {
            writer.Add([], Encoding.UTF8.GetBytes(value), partition: 0);
        }

        await writer.FlushAsync(CancellationToken.None);
    }

    private SourceHarness<string> New(KafkaSourceOptions options, int subtask, int parallelism) =>
        Track(new SourceHarness<string>(
            job => job.Kafka<string>("texts", options).Format(new GoodTexts()), subtask, parallelism, TimeProvider.System, Clients)
        { HasCheckpoints = false });

    private async Task<SourceHarness<string>> OpenAsync(KafkaSourceOptions options, int subtask = 0, int parallelism = 1)
    {
        SourceHarness<string> source = New(options, subtask, parallelism);
        await source.OpenAsync();
        return source;
    }
}
