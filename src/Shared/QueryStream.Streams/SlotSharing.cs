using QueryStream.Core.Errors;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The output of an operator, or a sink, whose slots a job may choose.</summary>
public interface IPlacedStream
{
    /// <summary>The operator.</summary>
    internal StreamNode Node { get; }
}

/// <summary>Keeps streams of one job apart.</summary>
public static class SlotSharing
{
    /// <summary>The group of operators for which the job names none.</summary>
    public const string DefaultGroup = "default";

    private const int MaxName = 200;

    /// <summary>
    /// Sets the slot sharing group of the operator. A slot holds one subtask of each operator of one group, so operators of different groups never
    /// share a slot, and are not chained. An operator without a group has that of its inputs, if they agree, else <see cref="DefaultGroup"/>; as in
    /// Flink. The job needs the slots of all groups, each as many as its largest parallelism.
    /// </summary>
    /// <param name="stream">The output of the operator, or the sink.</param>
    /// <param name="name">The group, 1 to 200 characters.</param>
    /// <exception cref="JobDefinitionException">The name is blank or too long.</exception>
    public static TStream SlotSharingGroup<TStream>(this TStream stream, string name)
        where TStream : IPlacedStream
    {
        stream.Node.SlotSharingGroup = !string.IsNullOrWhiteSpace(name) && name.Length <= MaxName
            ? name
            : throw new JobDefinitionException($"{stream.Node.Name}: '{name}' is no name of a slot sharing group: write 1 to {MaxName} characters.");
        return stream;
    }
}
