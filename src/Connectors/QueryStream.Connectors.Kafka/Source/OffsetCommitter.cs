using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>
/// Commits the positions of one subtask for its group, every 5 s and once more at the end. What is committed was handed to the job, not
/// necessarily written by its sinks; so offsets tell how far a job has come, and a group's start after a crash may pass over what
/// was between source and sink. A failed commit is repeated with the next one.
/// </summary>
internal sealed class OffsetCommitter : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWithin = TimeSpan.FromSeconds(3);

    private readonly IKafkaAdmin _admin;
    private readonly KafkaSourceOptions _options;
    private readonly Func<PartitionProgress[]> _partitions;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<int, long> _committed;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _loop;
    private bool _hasFailed;

    public OffsetCommitter(IKafkaAdmin admin, KafkaSourceOptions options, Func<PartitionProgress[]> partitions, TimeProvider time, ILogger logger)
    {
        _admin = admin;
        _options = options;
        _partitions = partitions;
        _time = time;
        _logger = logger;
        _committed = partitions().ToDictionary(partition => partition.Partition, partition => partition.Position);
        _loop = RunAsync(_closing.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        using CancellationTokenSource limit = new(LastWithin, _time);
        try
        {
            await CommitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Report($"no answer within {LastWithin.TotalSeconds} s, and the source is closing");
        }

        _closing.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closing; the last commit follows.
        }
    }

    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        List<KafkaOffset> positions = [];
        foreach (PartitionProgress partition in _partitions())
        {
            long position = partition.Position;
            if (_committed.GetValueOrDefault(partition.Partition, -1) != position)
            {
                positions.Add(new KafkaOffset(partition.Partition, position));
            }
        }

        if (positions.Count == 0)
        {
            return;
        }

        try
        {
            await _admin.CommitAsync(_options.Topic, positions, cancellationToken).ConfigureAwait(false);
            foreach (KafkaOffset position in positions)
            {
                _committed[position.Partition] = position.Offset;
            }

            _hasFailed = false;
        }
        catch (QueryStreamException e)
        {
            Report(e.Message);
        }
    }

    // Once until it works again: an outage is told by the client too.
    private void Report(string problem)
    {
        if (!_hasFailed)
        {
            _hasFailed = true;
            _logger.CommitFailed(_options.GroupId, _options.Topic, problem, Interval.TotalSeconds);
        }
    }
}
