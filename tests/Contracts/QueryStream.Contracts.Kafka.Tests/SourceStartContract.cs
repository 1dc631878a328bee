using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Where a source starts: at its start position, a snapshot or the offsets of a group.</summary>
public abstract class SourceStartContract(ISubject subject) : SourceContract(subject)
{
    [ContractFact]
    public async Task A_snapshot_goes_before_the_start_setting()
    {
        await CreateTopicAsync(3);
        await WriteAsync(0, Numbered("a", 10));
        await WriteAsync(1, Numbered("b", 10));
        await WriteAsync(2, Numbered("c", 2));
        SourceHarness<string> source = NewSource(Options with { IsBounded = true, Start = KafkaStart.Latest }, subtask: 0, parallelism: 1);
        source.Restored = new Dictionary<string, long> { [$"{Topic}-0"] = 3, [$"{Topic}-1"] = 9, ["other-2"] = 1 };
        await source.OpenAsync();
        await source.ReadToEndAsync();

        // The third partition is not in the snapshot, so it is new and unread.
        Assert.Equal(Numbered("a", 10).Skip(4), Rows(source, split: 0));
        Assert.Empty(Rows(source, split: 1));
        Assert.Equal(Numbered("c", 2), Rows(source, split: 2));
    }

    [ContractFact]
    public async Task Starting_at_the_end_brings_only_what_follows()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("before", 10));
        SourceHarness<string> source = await OpenSourceAsync(Options with { Start = KafkaStart.Latest });
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
        SourceHarness<string> first = await OpenSourceAsync(options);
        first.Poll();
        await first.DisposeAsync();
        await WriteAsync(0, "after 0");
        await WriteAsync(1, "after 1");

        SourceHarness<string> restored = NewSource(options with { IsBounded = true }, subtask: 0, parallelism: 1);
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

        SourceHarness<string> source = await OpenSourceAsync(Options with { Start = KafkaStart.Timestamp(time), IsBounded = true });
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
        SourceHarness<string> first = await OpenSourceAsync(options);
        await first.ReadAsync(11);
        await first.DisposeAsync();
        Assert.Equal([10L, 2L, null], await Admin.CommittedAsync(Topic, [0, 1, 2], CancellationToken.None));
        await WriteAsync(0, "a10");
        await WriteAsync(2, "c0");

        SourceHarness<string> second = await OpenSourceAsync(options);
        await second.ReadAsync(2);

        Assert.Equal(["a10", "c0"], second.Rows.Select(row => row.Row).Order(StringComparer.Ordinal));
    }

    [ContractFact]
    public async Task With_checkpoints_a_group_has_what_the_last_completed_one_holds()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 10));
        SourceHarness<string> source = NewSource(Options, subtask: 0, parallelism: 1);
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

        SourceHarness<string> source = await OpenSourceAsync(Options with { Start = KafkaStart.Group, IsBounded = true });
        await source.ReadToEndAsync();

        Assert.Equal(Numbered("a", 3), source.Rows.Select(row => row.Row));
        Assert.Contains(source.Logs.Lines, line => line.Id == 2032 && line.Message.Contains("99", StringComparison.Ordinal));
    }

    private static Func<bool> ClockHasMoved(out EventTime next)
    {
        EventTime moment = EventTime.From(TimeProvider.System.GetUtcNow()).Add(20);
        next = moment;
        return () => EventTime.From(TimeProvider.System.GetUtcNow()) > moment;
    }
}
