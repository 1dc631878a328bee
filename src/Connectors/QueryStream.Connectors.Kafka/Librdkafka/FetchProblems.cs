using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Logs fetch errors; the same error of a partition at most once in 30 s. Used by one reader's thread.</summary>
internal sealed class FetchProblems(string topic, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(int Partition, NativeError Error), long> _reported = [];

    /// <summary>Logs a record that librdkafka has skipped. Each is logged, since each becomes a dead letter.</summary>
    public void ReportUnreadable(int partition, long offset, string problem) => logger.UnreadableRecord(topic, partition, offset, problem);

    /// <summary>Logs a partition that cannot be fetched at the moment; librdkafka retries.</summary>
    public void Report(int partition, long offset, NativeError error, string problem)
    {
        if (_reported.TryGetValue((partition, error), out long before) && time.GetElapsedTime(before) < Pause)
        {
            return;
        }

        _reported[(partition, error)] = time.GetTimestamp();
        logger.FetchProblem(topic, partition, offset, problem.Length > 0 ? problem : NativeMethods.Describe(error));
    }
}
