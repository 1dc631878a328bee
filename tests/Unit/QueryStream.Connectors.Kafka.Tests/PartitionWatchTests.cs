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
    public async Task New_partitions_are_warned_of_once()
    {
        await using PartitionWatch watch = new(_admin, new KafkaTopic("t", [0, 1]), _time, _logs);
        _admin.Partitions = 2;
        await AdvanceAsync();
        Assert.Empty(_logs.Lines);

        _admin.Partitions = null;
        await AdvanceAsync();
        Assert.Empty(_logs.Lines);

        _admin.Partitions = 5;
        _time.Advance(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync("the warning", () => _logs.Lines.Count == 1);
        Assert.Contains("has 5 partitions", Assert.Single(_logs.Lines).Message, StringComparison.Ordinal);
        await Wait.UntilAsync("the end of the watch", () => _time.Timers == 0);
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

        public Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
            string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
