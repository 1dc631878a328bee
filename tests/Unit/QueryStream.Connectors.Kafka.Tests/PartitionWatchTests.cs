using QueryStream.Connectors.Kafka.Source;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.TestKit;
using QueryStream.TestKit.Logging;

namespace QueryStream.Connectors.Kafka.Tests;

public sealed class PartitionWatchTests
{
    private readonly ManualTime _time = new();
    private readonly LogCollector _logs = new();
    private readonly Admin _admin = new();

    [Fact]
    public async Task New_partitions_are_found_once_by_whom_they_belong_to_and_outages_are_waited_out()
    {
        int wakes = 0;
        await using PartitionWatch watch = new(
            _admin, new KafkaTopic("t", [0, 1]), TimeSpan.FromMinutes(1), place => place % 2 == 1, new WatchContext(_time, _logs, () => Interlocked.Increment(ref wakes)));
        _admin.Partitions = 2;
        await AdvanceAsync();
        _admin.Partitions = null;
        await AdvanceAsync();
        Assert.False(watch.TryTake(out _));

        _admin.Partitions = 6;
        await AdvanceAsync();
        await Wait.UntilAsync("the task to be woken", () => Volatile.Read(ref wakes) == 1);

        Assert.True(watch.TryTake(out KafkaWatermarks first));
        Assert.True(watch.TryTake(out KafkaWatermarks second));
        Assert.False(watch.TryTake(out _));
        Assert.Equal((3, 5, 7), (first.Partition, second.Partition, first.Low));
        Assert.Contains("has 6 partitions now, 2 before; this subtask reads 2 of the new ones", Assert.Single(_logs.Lines).Message, StringComparison.Ordinal);

        await AdvanceAsync();
        await AdvanceAsync();
        Assert.False(watch.TryTake(out _));
    }

    private Task AdvanceAsync()
    {
        int asked = _admin.Asked;
        _time.Advance(TimeSpan.FromMinutes(1));
        return Wait.UntilAsync("the question", () => _admin.Asked > asked);
    }

    private sealed class Admin : IKafkaAdmin
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        /// <summary>Null: the cluster is away.</summary>
        public int? Partitions { get; set; }

        public Task<KafkaTopic?> FindTopicAsync(string topic, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return Partitions is { } count
                ? Task.FromResult<KafkaTopic?>(new KafkaTopic(topic, [.. Enumerable.Range(0, count)]))
                : throw new ServiceUnavailableException("Kafka", "a:1", "away");
        }

        public Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> CreateTopicAsync(
            string topic, int partitions, IReadOnlyDictionary<string, string>? config, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task AddPartitionsAsync(string topic, int partitions, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<KafkaWatermarks>>([.. partitions.Select(partition => new KafkaWatermarks(partition, 7, 9))]);

        public Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
            string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
