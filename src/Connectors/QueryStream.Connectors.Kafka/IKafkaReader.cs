namespace QueryStream.Connectors.Kafka;

/// <summary>
/// The records of some partitions of a topic, for one thread. Each partition's records come in order and each once, whatever
/// happens to the connection: the client reconnects by itself and says so in the log. Where a position does not exist any more,
/// it goes on with the oldest record there is, and logs a warning.
/// </summary>
public interface IKafkaReader : IAsyncDisposable
{
    /// <summary>Visits what is there, without waiting: records, and what else became known of the partitions.</summary>
    /// <param name="visitor">Called in this call only; a struct, so that nothing stands between it and the records.</param>
    /// <returns>False if the visitor stopped it, or more may be there: poll again. True if the reader is drained: it will wake.</returns>
    bool Poll<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IKafkaVisitor, allows ref struct;
}
