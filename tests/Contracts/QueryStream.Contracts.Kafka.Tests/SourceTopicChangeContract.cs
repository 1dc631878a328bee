using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>What a source does when its topic gets partitions, is deleted or is recreated.</summary>
public abstract class SourceTopicChangeContract(ISubject subject) : SourceContract(subject)
{
    [ContractFact]
    public async Task Partitions_that_a_topic_gets_are_read_from_their_beginning_and_are_in_snapshots()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, "a0");
        KafkaSourceOptions options =
            Options with { Start = KafkaStart.Latest, PartitionDiscoveryInterval = TimeSpan.FromMilliseconds(100), GroupId = Group };
        SourceHarness<string> first = await OpenSourceAsync(options, subtask: 0, parallelism: 2);
        SourceHarness<string> second = await OpenSourceAsync(options, subtask: 1, parallelism: 2);
        first.Poll();

        await Admin.AddPartitionsAsync(Topic, 5, CancellationToken.None);

        // A new connection: a connected client learns of new partitions minutes later.
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

        SourceHarness<string> restored = NewSource(options with { IsBounded = true }, subtask: 0, parallelism: 1);
        restored.Restored = first.Snapshot().Concat(second.Snapshot()).ToDictionary(split => split.Key, split => split.Value);
        await restored.OpenAsync();
        await restored.ReadToEndAsync();
        Assert.Empty(restored.Rows);
    }

    [ContractFact]
    public async Task A_deleted_topic_is_a_problem_with_a_warning_and_no_longer_holds_back_time()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 8));
        await WriteAsync(1, Numbered("b", 8));
        SourceHarness<string> source = await OpenSourceAsync(Watched);
        await source.ReadAsync(16);

        await Admin.DeleteTopicAsync(Topic, CancellationToken.None);
        await source.ReadUntilAsync("the problem", () => source.Problem is not null);
        EventTime deleted = EventTime.From(TimeProvider.System.GetUtcNow());
        await source.ReadUntilAsync(
            "proofs", () => Enumerable.Range(0, 2).All(split => source.Ends.Any(end => end.Split == split && end.At > deleted)));

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
        SourceHarness<string> source = await OpenSourceAsync(Watched);
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
        SourceHarness<string> source = await OpenSourceAsync(Watched with { PartitionDiscoveryInterval = TimeSpan.FromSeconds(1) });
        await source.ReadAsync(30);

        // The source is not polled meanwhile, and the new topic is longer than the position, so that a reader that continues there would find
        // records.
        await RecreateTopicAsync(100);
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
        SourceHarness<string> source = await OpenSourceAsync(Watched with { WhenRecreated = KafkaRecreatedTopic.Fail });
        await source.ReadAsync(3);

        await RecreateTopicAsync(5);
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
        SourceHarness<string> first = await OpenSourceAsync(Options with { IsBounded = true });
        await first.ReadToEndAsync();
        await RecreateTopicAsync(5);

        SourceHarness<string> refused = NewSource(Options with { IsBounded = true, WhenRecreated = KafkaRecreatedTopic.Fail }, 0, 1);
        (refused.Restored, refused.RestoredStates) = (first.Snapshot(), first.SnapshotStates());
        ServiceRefusedException error = await Assert.ThrowsAsync<ServiceRefusedException>(refused.OpenAsync);
        Assert.Contains("created again", error.Message, StringComparison.Ordinal);

        SourceHarness<string> restored = NewSource(Options with { IsBounded = true, Start = KafkaStart.Latest }, 0, 1);
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

        // One of eight subtasks queues 2 MiB, so most of the 8 MB are not fetched when the topic is deleted.
        SourceHarness<string> source = await OpenSourceAsync(Watched with { IsBounded = true }, subtask: 0, parallelism: 8);
        await Admin.DeleteTopicAsync(Topic, CancellationToken.None);
        await source.ReadUntilAsync("the failure", () => source.Failure is not null);

        Assert.Contains(
            "was deleted before it was read to its end", Assert.IsType<ServiceRefusedException>(source.Failure).Message, StringComparison.Ordinal);
    }

    private KafkaSourceOptions Watched => Options with { PartitionDiscoveryInterval = TimeSpan.FromMilliseconds(200) };
}
