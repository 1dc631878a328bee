using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Polls a reader as a task does, again only after a wake, and records what it delivers.</summary>
public sealed class ReaderProbe : IAsyncDisposable
{
    private readonly SemaphoreSlim _wake = new(0, 1);
    private IKafkaReader _reader = null!;
    private bool _isDrained;

    public List<SeenRecord> Records { get; } = [];

    /// <summary>The last reported end of each partition.</summary>
    public Dictionary<int, long> Ends { get; } = [];

    public List<(int Partition, long End, EventTime AskedAt)> Silences { get; } = [];

    /// <summary>The maximum number of records per poll.</summary>
    public int MaxRecordsPerPoll { get; set; } = int.MaxValue;

    public void Open(
        IKafkaClients clients, KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options) =>
        _reader = clients.OpenReader(connection, topic, from, options, Wake);

    public Task UntilAsync(string what, Func<bool> condition, TimeSpan? limit = null) => Wait.UntilAsync(
        what,
        () =>
        {
            while (!condition() && (!_isDrained || _wake.Wait(TimeSpan.Zero)))
            {
                PollOnce();
            }

            return condition();
        },
        limit,
        () => $"{Records.Count} records, {Ends.Count} ends, {Silences.Count} answers; drained: {_isDrained}");

    public Task ReadAsync(int records) => UntilAsync($"{records} records", () => Records.Count >= records);

    public void PollOnce()
    {
        Handler handler = new(this, MaxRecordsPerPoll);
        _isDrained = _reader.Poll(ref handler);
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        _wake.Dispose();
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // A wake is pending already, or the probe is disposed.
        }
    }

    private struct Handler(ReaderProbe probe, int left) : IKafkaRecordHandler
    {
        public bool OnRecord(in SourceRecord record)
        {
            probe.Records.Add(new SeenRecord(
                record.Position.Partition,
                record.Position.Offset,
                Encoding.UTF8.GetString(record.Key),
                record.HasValue ? Encoding.UTF8.GetString(record.Value) : null,
                record.Timestamp)
            {
                Headers = Copy(record.Headers),
            });
            return --left > 0;
        }

        private static List<(string Name, string? Value)> Copy(RecordHeaders headers)
        {
            List<(string Name, string? Value)> copies = [];
            foreach (RecordHeader header in headers)
            {
                copies.Add((Encoding.UTF8.GetString(header.Name), header.HasValue ? Encoding.UTF8.GetString(header.Value) : null));
            }

            return copies;
        }

        public readonly void OnPartitionEof(int partition, long offset) => probe.Ends[partition] = offset;

        public readonly void OnEndOffset(int partition, long end, EventTime askedAt) => probe.Silences.Add((partition, end, askedAt));

        public readonly void OnUnreadable(int partition, long offset, string problem) =>
            throw new InvalidOperationException($"Unreadable: [{partition}] {offset}: {problem}");
    }
}

/// <summary>A copy of a record.</summary>
public sealed record SeenRecord(int Partition, long Offset, string Key, string? Value, EventTime Timestamp)
{
    public IReadOnlyList<(string Name, string? Value)> Headers { get; init; } = [];
}
