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

    /// <summary>Sets what <see cref="OnError"/> says.</summary>
    private protected void SetPolicy(ErrorPolicy policy) => Node.ErrorPolicy = Enum.IsDefined(policy)
        ? policy
        : throw new JobDefinitionException($"{Node.Name}: {policy} is no error policy.");
}
