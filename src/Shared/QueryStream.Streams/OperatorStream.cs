using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The output of an operator with a function of the job.</summary>
/// <typeparam name="T">The rows.</typeparam>
public class OperatorStream<T> : Stream<T>, IPlacedStream
{
    internal OperatorStream(StreamBuilder job, NodeOutput<T> rows)
        : base(job, rows) => Node = rows.Node;

    /// <summary>
    /// The dead letters of rows for which the function threw, if <see cref="OnError"/> was called with <see cref="ErrorPolicy.DeadLetter"/>. Their
    /// topic is the operator, partition and offset are the row's if known (else -1), and their value is the row as text.
    /// </summary>
    /// <exception cref="JobDefinitionException">The policy is another one.</exception>
    public Stream<DeadLetter> Errors => Node.ErrorPolicy == ErrorPolicy.DeadLetter
        ? new Stream<DeadLetter>(Job, Node.Errors)
        : throw new JobDefinitionException($"{Node.Name} has no dead letters: call OnError(ErrorPolicy.DeadLetter) first.");

    /// <summary>The operator.</summary>
    internal StreamNode Node { get; }

    /// <inheritdoc/>
    StreamNode IPlacedStream.Node => Node;

    /// <summary>
    /// Sets what happens to a row for which the function throws. Rows that were emitted for it are removed; changes to state and outside remain.
    /// </summary>
    public OperatorStream<T> OnError(ErrorPolicy policy)
    {
        SetPolicy(policy);
        return this;
    }

    /// <summary>
    /// Sets the number of subtasks of the operator; the default is that of the job. Rows from an operator with another number are rebalanced.
    /// </summary>
    /// <param name="subtasks">From 1 to the number of key groups.</param>
    /// <exception cref="JobDefinitionException">The number is less than 1. A number above that of the key groups is refused when the graph is
    /// built.</exception>
    public OperatorStream<T> Parallelism(int subtasks)
    {
        Node.SetParallelism(subtasks);
        return this;
    }

    /// <summary>Sets the policy of <see cref="OnError"/>.</summary>
    private protected void SetPolicy(ErrorPolicy policy) => Node.ErrorPolicy = Enum.IsDefined(policy)
        ? policy
        : throw new JobDefinitionException($"{Node.Name}: {policy} is not an error policy.");
}

/// <summary>What happens to a row for which a function throws.</summary>
public enum ErrorPolicy
{
    /// <summary>The job fails; the message names the operator, the subtask and the record. The default.</summary>
    Fail,

    /// <summary>The row is counted as a dead letter, by reason, and dropped.</summary>
    Skip,

    /// <summary>The row is counted, and emitted as a dead letter.</summary>
    DeadLetter,
}
