using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>
/// Finds the partitions that a topic gets while a source reads it. Numbers of partitions only grow, so that every subtask knows by a partition's
/// place in the list whether it is its own, whenever it looks.
/// </summary>
internal sealed class PartitionWatch : IAsyncDisposable
{
    private readonly IKafkaAdmin _admin;
    private readonly string _topic;
    private readonly Func<int, bool> _isOwn;
    private readonly Action _wake;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentQueue<KafkaWatermarks> _found = new();
    private readonly Task _loop;
    private int _known;

    /// <summary>Begins to watch.</summary>
    /// <param name="admin">Asked for the topic.</param>
    /// <param name="known">The topic as the source was opened with it.</param>
    /// <param name="every">How often to look.</param>
    /// <param name="own">Whether the partition at that place of the list belongs to this subtask.</param>
    /// <param name="context">Its clock and log, and the task to wake.</param>
    public PartitionWatch(IKafkaAdmin admin, KafkaTopic known, TimeSpan every, Func<int, bool> own, WatchContext context)
    {
        _admin = admin;
        _topic = known.Name;
        _known = known.Partitions.Count;
        _isOwn = own;
        _wake = context.Wake;
        _logger = context.Logger;
        _loop = RunAsync(every, context.Time, _closing.Token);
    }

    /// <summary>Takes a partition of this subtask that was found, with what it holds.</summary>
    public bool TryTake(out KafkaWatermarks partition) => _found.TryDequeue(out partition);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task RunAsync(TimeSpan every, TimeProvider time, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await LookAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closed.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            KafkaTopic? topic = await _admin.FindTopicAsync(_topic, cancellationToken).ConfigureAwait(false);
            if (topic is null || topic.Partitions.Count <= _known)
            {
                return;
            }

            int[] own = [.. topic.Partitions.Where((_, place) => place >= _known && _isOwn(place))];
            IReadOnlyList<KafkaWatermarks> watermarks = await _admin.WatermarksAsync(_topic, own, cancellationToken).ConfigureAwait(false);
            _logger.TopicHasGrown(_topic, topic.Partitions.Count, _known, own.Length);
            _known = topic.Partitions.Count;
            foreach (KafkaWatermarks partition in watermarks)
            {
                _found.Enqueue(partition);
            }

            _wake();
        }
        catch (QueryStreamException)
        {
            // The client tells of outages; the next look asks again.
        }
    }
}
