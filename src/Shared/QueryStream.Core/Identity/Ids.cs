using System.Globalization;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;

[assembly: CodecOf(typeof(RecordPosition), typeof(RecordPositionCodec))]

namespace QueryStream.Core.Identity;

/// <summary>A submitted job: 32 lower-case hexadecimal digits, as Flink writes it.</summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct JobId(UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>The code of a job. Coordinator and workers each load it themselves: neither graphs nor code travel in messages.</summary>
/// <param name="Content">The content hash of its assembly, or another name that the cluster's loader understands.</param>
/// <param name="TypeName">The class of the job in that assembly.</param>
public readonly record struct JobReference(string Content, string TypeName)
{
    /// <inheritdoc/>
    public override string ToString() => $"{TypeName} of {Content}";
}

/// <summary>A vertex of a job graph: a hash of its explicit name, or of its place in the graph. Names state across versions of a job.</summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct VertexId(UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>
/// An operator of a job: a hash of its explicit name, or of its place in the graph. Names its state across versions of a job, and does
/// not depend on how operators are chained.
/// </summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct OperatorId(UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>One subtask of one vertex of one job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Vertex">The vertex.</param>
/// <param name="Subtask">From 0 to the vertex's parallelism - 1.</param>
public readonly record struct TaskId(JobId Job, VertexId Vertex, int Subtask);

/// <summary>One execution of the tasks of a region of a job. Receivers refuse what an older attempt still sends or writes.</summary>
/// <param name="Number">From 0, one more for each attempt of any region: a job of one region has one more for each restart.</param>
public readonly record struct Attempt(int Number)
{
    /// <inheritdoc/>
    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One checkpoint of a job. An id never repeats, across attempts and coordinators.</summary>
/// <param name="Number">From 1.</param>
public readonly record struct CheckpointId(long Number)
{
    /// <inheritdoc/>
    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// The number of a leading coordinator, raised in the store of checkpoints when a coordinator takes over. The store refuses what the leader of an
/// older epoch still writes.
/// </summary>
/// <param name="Number">From 1.</param>
public readonly record struct Epoch(long Number) : IComparable<Epoch>
{
    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Number.CompareTo(other.Number);

    /// <inheritdoc/>
    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A worker (Flink's TaskManager): free text, unique in the cluster.</summary>
/// <param name="Name">What people see, for example <c>worker-1</c>.</param>
public readonly record struct WorkerId(string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>One slot of one worker: room for one subtask of every vertex of one job.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Index">From 0 to the worker's number of slots - 1.</param>
public readonly record struct SlotId(WorkerId Worker, int Index)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Worker}/{Index}";
}

/// <summary>The position of a record in its source. It identifies the record, also if it is read twice.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The position in it.</param>
public readonly record struct RecordPosition(int Partition, long Offset);
