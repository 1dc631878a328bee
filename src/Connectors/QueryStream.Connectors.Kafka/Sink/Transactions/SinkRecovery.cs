using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink.Transactions;

/// <summary>
/// Makes the pending committables of a restored checkpoint visible, before the first row. Their writers belong to an earlier attempt, which may still
/// be running somewhere, and perhaps to subtasks that no longer exist.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="sink">The sink's name.</param>
internal sealed class SinkRecovery(TransactionCluster cluster, string sink)
{
    /// <summary>Fences all writers, then reads their markers, then writes the committables that are missing, in order.</summary>
    /// <exception cref="StateRestoreException">A committable cannot be read, or a marker is missing.</exception>
    /// <exception cref="ServiceUnavailableException">The cluster does not respond in time.</exception>
    public async Task RunAsync(IReadOnlyList<Committable> restored, CancellationToken cancellationToken)
    {
        CommittableOutput[] committables = [.. restored.Select(committable => CommittableOutput.Restore(sink, committable))];
        Dictionary<SinkWriterId, TransactionWriter> writers = committables
            .Select(committable => committable.Writer).Distinct().ToDictionary(id => id, id => new TransactionWriter(cluster, id));
        try
        {
            await OpenTimeout.RunAsync(
                cluster.Connection.BootstrapServers, cluster.Time, stop => FenceAsync(writers.Values, stop), cancellationToken).ConfigureAwait(false);
            int missing = committables.Count(committable => !writers[committable.Writer].IsVisible(committable));
            foreach (CommittableOutput committable in committables)
            {
                await writers[committable.Writer].CommitAsync(committable, cancellationToken).ConfigureAwait(false);
            }

            if (missing > 0)
            {
                cluster.Logger.CommittablesReplayed(sink, missing, committables.Length);
            }
        }
        finally
        {
            foreach (TransactionWriter writer in writers.Values)
            {
                await writer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task<bool> FenceAsync(IReadOnlyCollection<TransactionWriter> writers, CancellationToken cancellationToken)
    {
        foreach (TransactionWriter writer in writers)
        {
            await writer.FenceAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (TransactionWriter writer in writers)
        {
            await writer.ReadMarkerAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }
}
