using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The contract of every <see cref="IKafkaAdmin"/>.</summary>
public abstract class AdminContract(ISubject subject) : KafkaContract(subject)
{
    [ContractFact]
    public async Task Looking_for_an_unknown_topic_does_not_create_it()
    {
        Assert.Null(await Admin.FindTopicAsync(Topic, CancellationToken.None));
        Assert.Null(await Admin.FindTopicAsync(Topic, CancellationToken.None));
        Assert.DoesNotContain(Topic, await Admin.ListTopicsAsync(CancellationToken.None));
    }

    [ContractFact]
    public async Task A_topic_is_created_once_and_listed()
    {
        Assert.True(await Admin.CreateTopicAsync(Topic, 5, config: null, CancellationToken.None));
        Assert.False(await Admin.CreateTopicAsync(Topic, 7, config: null, CancellationToken.None));

        KafkaTopic? topic = await Admin.FindTopicAsync(Topic, CancellationToken.None);
        Assert.Equal([0, 1, 2, 3, 4], topic!.Partitions);
        IReadOnlyList<string> topics = await Admin.ListTopicsAsync(CancellationToken.None);
        Assert.Contains(Topic, topics);
        Assert.Equal(topics.Order(StringComparer.Ordinal), topics);
        Assert.DoesNotContain(topics, name => name.StartsWith("__", StringComparison.Ordinal));
    }

    [ContractFact]
    public async Task Watermarks_say_what_a_partition_holds()
    {
        await CreateTopicAsync(3);
        await WriteAsync(0, Numbered("a", 10));
        await WriteAsync(2, Numbered("c", 20));

        Assert.Equal(
            [new KafkaWatermarks(2, 0, 20), new KafkaWatermarks(0, 0, 10), new KafkaWatermarks(1, 0, 0)],
            await Admin.WatermarksAsync(Topic, [2, 0, 1], CancellationToken.None));
        Assert.Empty(await Admin.WatermarksAsync(Topic, [], CancellationToken.None));
    }

    [ContractFact]
    public async Task Offsets_are_found_by_the_time_of_their_records()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 5));
        ReaderProbe reader = OpenReader((0, 0), (1, 0));
        await reader.ReadAsync(5);
        EventTime last = reader.Records[4].Timestamp;
        await TestKit.Wait.UntilAsync("the clock to go on", () => EventTime.From(TimeProvider.System.GetUtcNow()) > last.Add(5));
        await WriteAsync(0, "later");
        await WriteAsync(1, "later");

        Assert.Equal([0L, 0L], await Admin.OffsetsForTimeAsync(Topic, [0, 1], reader.Records[0].Timestamp, CancellationToken.None));
        Assert.Equal([5L, 0L], await Admin.OffsetsForTimeAsync(Topic, [0, 1], last.Add(1), CancellationToken.None));
        Assert.Equal([0L, 5L], await Admin.OffsetsForTimeAsync(Topic, [1, 0], last.Add(1), CancellationToken.None));
        Assert.Equal([null, null], await Admin.OffsetsForTimeAsync(Topic, [0, 1], last.Add(3_600_000), CancellationToken.None));
    }

    [ContractFact]
    public async Task A_group_keeps_what_it_has_committed_and_other_groups_do_not_see_it()
    {
        await CreateTopicAsync(3);
        await WriteAsync(1, Numbered("b", 10));
        Assert.Equal([null, null, null], await Admin.CommittedAsync(Topic, [0, 1, 2], CancellationToken.None));

        await Admin.CommitAsync(Topic, [new KafkaOffset(1, 7), new KafkaOffset(2, 0)], CancellationToken.None);
        await Admin.CommitAsync(Topic, [new KafkaOffset(1, 8)], CancellationToken.None);

        Assert.Equal([null, 8L, 0L], await Admin.CommittedAsync(Topic, [0, 1, 2], CancellationToken.None));
        IKafkaAdmin other = Track(Clients.OpenAdmin(Connect($"{Group}-other")));
        Assert.Equal([null], await other.CommittedAsync(Topic, [1], CancellationToken.None));
    }

    [ContractFact]
    public async Task Without_a_group_there_are_no_offsets_to_ask_for()
    {
        await CreateTopicAsync(1);
        IKafkaAdmin admin = Track(Clients.OpenAdmin(Connect()));

        await Assert.ThrowsAsync<ServiceRefusedException>(() => admin.CommittedAsync(Topic, [0], CancellationToken.None));
        await Assert.ThrowsAsync<ServiceRefusedException>(() => admin.CommitAsync(Topic, [new KafkaOffset(0, 1)], CancellationToken.None));
    }
}
