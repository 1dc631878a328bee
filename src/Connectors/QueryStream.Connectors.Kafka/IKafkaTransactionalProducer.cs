using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Writes records to one topic, in one transaction at a time. Readers of committed records see all records of a transaction, or none.
/// Used by one caller at a time. Errors that pass by themselves, such as an outage, are retried until the call is cancelled; others are
/// <see cref="KafkaTransactionException"/>, or <see cref="ServiceRefusedException"/> if a retry would be refused too.
/// </summary>
public interface IKafkaTransactionalProducer : IKafkaProducer
{
    /// <summary>
    /// Fences earlier producers of the same transactional id: their calls fail from now on, and their open transaction is aborted.
    /// Called once, before the other methods.
    /// </summary>
    Task InitializeAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction. Records can be added until it is committed or aborted.</summary>
    Task BeginAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Sends the records added so far, waits until the cluster has them, and commits. If this throws anything but an abortable error, the outcome is
    /// unknown: only the group's offset tells.
    /// </summary>
    /// <param name="group">The consumer group for which the transaction commits an offset.</param>
    /// <param name="offset">The offset in the producer's topic.</param>
    /// <param name="cancellationToken">Gives up waiting; the outcome is then unknown.</param>
    Task CommitAsync(string group, KafkaOffset offset, CancellationToken cancellationToken);

    /// <summary>
    /// Aborts the transaction. Another one can begin then. Its records are never read, even if this throws: a broker that does not know the
    /// transaction yet refuses to end it, and the producer must be opened again.
    /// </summary>
    Task AbortAsync(CancellationToken cancellationToken);
}

/// <summary>The options of a transactional producer.</summary>
/// <param name="Id">The transactional id. The cluster allows one producer of an id at a time.</param>
/// <param name="Timeout">How long a transaction may be open. The cluster then aborts it and fences its producer.</param>
public sealed record KafkaTransactionOptions(string Id, TimeSpan Timeout);

/// <summary>A transaction has failed, and may be repeated.</summary>
/// <param name="failure">What can be done.</param>
/// <param name="message">The operation, the transactional id, and the cluster's answer.</param>
/// <param name="innerException">The error of the client library.</param>
public sealed class KafkaTransactionException(KafkaTransactionFailure failure, string message, Exception? innerException = null)
    : QueryStreamException(message, innerException)
{
    /// <summary>What can be done after the failure.</summary>
    public KafkaTransactionFailure Failure { get; } = failure;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ServiceUnavailable;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>What can be done after a failed transaction.</summary>
public enum KafkaTransactionFailure
{
    /// <summary>Abort the transaction, and begin another one.</summary>
    Abortable,

    /// <summary>
    /// Open a new producer: a newer one with the same transactional id has started, or the transaction was open for longer than its timeout.
    /// </summary>
    Fenced,

    /// <summary>Open a new producer: a fatal error has occurred.</summary>
    Fatal,
}
