using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>
/// Warns, once, where a topic got more partitions than it had when the job started: their records are read only by the job's next start,
/// and nobody should have to find that out from missing results. One subtask does it for all.
/// </summary>
internal sealed class PartitionWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly IKafkaAdmin _admin;
    private readonly KafkaTopic _known;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _loop;

    public PartitionWatch(IKafkaAdmin admin, KafkaTopic known, TimeProvider time, ILogger logger)
    {
        _admin = admin;
        _known = known;
        _logger = logger;
        _loop = RunAsync(time, _closing.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (await HasGrownAsync(cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closed.
        }
    }

    private async Task<bool> HasGrownAsync(CancellationToken cancellationToken)
    {
        try
        {
            KafkaTopic? topic = await _admin.FindTopicAsync(_known.Name, cancellationToken).ConfigureAwait(false);
            bool hasGrown = topic is not null && topic.Partitions.Count > _known.Partitions.Count;
            if (hasGrown)
            {
                _logger.TopicHasGrown(_known.Name, topic!.Partitions.Count, _known.Partitions.Count);
            }

            return hasGrown;
        }
        catch (QueryStreamException)
        {
            // The client tells of outages; the next minute asks again.
            return false;
        }
    }
}
