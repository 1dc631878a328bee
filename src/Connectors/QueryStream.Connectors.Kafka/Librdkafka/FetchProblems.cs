using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Logs what librdkafka reports instead of records; the same of the same partition once in 30 s. Used by one reader's thread.</summary>
internal sealed class FetchProblems(string topic, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(int Partition, NativeError Error), long> _reported = [];

    /// <summary>A record that librdkafka has passed over. It becomes a dead letter, so each is logged.</summary>
    public void ReportUnreadable(int partition, long offset, string problem) => logger.UnreadableRecord(topic, partition, offset, problem);

    /// <summary>A partition that cannot be fetched for now; librdkafka goes on trying.</summary>
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
