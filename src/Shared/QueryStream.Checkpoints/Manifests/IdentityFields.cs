using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Manifests;

/// <summary>The bytes of identities in stored checkpoints and in messages. They never change.</summary>
public static class IdentityFields
{
    /// <summary>Writes a job's id.</summary>
    public static void WriteJob(this CodecWriter writer, JobId job) => writer.WriteUInt128(job.Value);

    /// <summary>Reads what <see cref="WriteJob"/> wrote.</summary>
    public static JobId ReadJob(this CodecReader reader) => new(reader.ReadUInt128());

    /// <summary>Writes a vertex's id.</summary>
    public static void WriteVertex(this CodecWriter writer, VertexId vertex) => writer.WriteUInt128(vertex.Value);

    /// <summary>Reads what <see cref="WriteVertex"/> wrote.</summary>
    public static VertexId ReadVertex(this CodecReader reader) => new(reader.ReadUInt128());

    /// <summary>Writes a task's id: job, vertex and subtask.</summary>
    public static void WriteTask(this CodecWriter writer, TaskId task)
    {
        writer.WriteJob(task.Job);
        writer.WriteVertex(task.Vertex);
        writer.WriteLength(task.Subtask);
    }

    /// <summary>Reads what <see cref="WriteTask"/> wrote.</summary>
    public static TaskId ReadTask(this CodecReader reader) => new(reader.ReadJob(), reader.ReadVertex(), (int)reader.ReadUInt64(int.MaxValue));

    /// <summary>Writes an operator's id.</summary>
    public static void WriteOperator(this CodecWriter writer, OperatorId id) => writer.WriteUInt128(id.Value);

    /// <summary>Reads what <see cref="WriteOperator"/> wrote.</summary>
    public static OperatorId ReadOperator(this CodecReader reader) => new(reader.ReadUInt128());

    /// <summary>Writes a checkpoint's id.</summary>
    public static void WriteCheckpoint(this CodecWriter writer, CheckpointId checkpoint) => writer.WriteInt64(checkpoint.Number);

    /// <summary>Reads what <see cref="WriteCheckpoint"/> wrote.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="min">The smallest number that is legal: 0 where it stands for none.</param>
    /// <exception cref="CodecException">The number is smaller.</exception>
    public static CheckpointId ReadCheckpoint(this CodecReader reader, long min = 0) => new(reader.ReadInt64(min, long.MaxValue));

    /// <summary>Writes an epoch.</summary>
    public static void WriteEpoch(this CodecWriter writer, Epoch epoch) => writer.WriteInt64(epoch.Number);

    /// <summary>Reads what <see cref="WriteEpoch"/> wrote.</summary>
    /// <exception cref="CodecException">The number is negative.</exception>
    public static Epoch ReadEpoch(this CodecReader reader) => new(reader.ReadInt64(0, long.MaxValue));
}
