using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The rows that come out of an operator that runs a function of the job.</summary>
/// <typeparam name="T">The rows.</typeparam>
public class OperatorStream<T> : Stream<T>
{
    internal OperatorStream(StreamBuilder job, NodeOutput<T> rows)
        : base(job, rows) => Node = rows.Node;

    /// <summary>
    /// Rows that the function threw for, where <see cref="OnError"/> says <see cref="ErrorPolicy.DeadLetter"/>: with the operator as their topic, the
    /// split and offset that they came from where those are known (-1 where not), and the row as text for a value.
    /// </summary>
    /// <exception cref="JobDefinitionException">The operator has another policy.</exception>
    public Stream<DeadLetter> Errors => Node.ErrorPolicy == ErrorPolicy.DeadLetter
        ? new Stream<DeadLetter>(Job, Node.Errors)
        : throw new JobDefinitionException($"{Node.Name} gives no dead letters: say OnError(ErrorPolicy.DeadLetter) first.");

    /// <summary>The operator.</summary>
    internal StreamNode Node { get; }

    /// <summary>
    /// Says what becomes of a row for which the function throws. What it had emitted for that row is taken back; what it had changed in state or
    /// outside stays.
    /// </summary>
    public OperatorStream<T> OnError(ErrorPolicy policy)
    {
        SetPolicy(policy);
        return this;
    }

    /// <summary>Sets the number of subtasks of the operator; without it that of the job counts. Rows from an operator with another number come to each subtask in turn.</summary>
    /// <param name="subtasks">From 1 to the number of key groups.</param>
    /// <exception cref="JobDefinitionException">It is less than 1. More than the key groups are refused when the job is built.</exception>
    public OperatorStream<T> Parallelism(int subtasks)
    {
        Node.SetParallelism(subtasks);
        return this;
    }

    /// <summary>Sets what <see cref="OnError"/> says.</summary>
    private protected void SetPolicy(ErrorPolicy policy) => Node.ErrorPolicy = Enum.IsDefined(policy)
        ? policy
        : throw new JobDefinitionException($"{Node.Name}: {policy} is no error policy.");
}

/// <summary>What becomes of a row for which a function throws.</summary>
public enum ErrorPolicy
{
    /// <summary>The job fails; the message names the operator, the subtask and the record. The default.</summary>
    Fail,

    /// <summary>The row is counted among the dead letters, by reason, and dropped.</summary>
    Skip,

    /// <summary>The row is counted, and goes to the operator's dead letters.</summary>
    DeadLetter,
}
