using System.Globalization;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink.Transactions;

/// <summary>
/// One subtask of a sink in one attempt of a job. Its committables are one history: if its marker is at a committable, all committables up to that
/// one are visible, and no later ones. Another attempt is another writer, since it may write other rows under the same numbers.
/// </summary>
/// <param name="Name">Its transactional id, and the consumer group that holds its marker.</param>
/// <param name="Topic">Where it writes.</param>
internal sealed record SinkWriterId(string Name, string Topic)
{
    /// <summary>The writer of a task.</summary>
    public static SinkWriterId Of(KafkaSinkOptions options, string sink, SinkContext context) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{options.TransactionalIdPrefix}-{context.Task.Job}-{sink}-{context.Task.Subtask}-{context.Attempt.Number}"),
        options.Topic);
}
