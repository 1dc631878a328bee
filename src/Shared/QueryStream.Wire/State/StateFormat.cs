using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;

namespace QueryStream.Wire.State;

/// <summary>
/// The bytes of <see cref="StateQuery"/> and <see cref="StateAnswer"/>: a version, then the fields in the order of the record, as CodecWriter writes
/// them. A process refuses another version. See docs/design/sharding.md.
/// </summary>
public static class StateFormat
{
    /// <summary>The version of both. Raised when one of them changes.</summary>
    public const byte Version = 1;

    /// <summary>Appends a question.</summary>
    public static void Write(CodecWriter writer, StateQuery query)
    {
        writer.WriteByte(Version);
        writer.WriteUInt128(query.Task.Job.Value);
        writer.WriteUInt128(query.Task.Vertex.Value);
        writer.WriteLength(query.Task.Subtask);
        writer.WriteLength(query.Attempt.Number);
        writer.WriteUInt128(query.Operator.Value);
        writer.WriteLength(query.Group.Number);
        writer.WriteString(query.Key);
    }

    /// <summary>Appends an answer.</summary>
    public static void Write(CodecWriter writer, StateAnswer answer)
    {
        writer.WriteByte(Version);
        writer.WriteByte((byte)answer.Outcome);
        writer.WriteString(answer.Text);
    }

    /// <summary>Reads a question. Never trusts the bytes.</summary>
    /// <exception cref="CodecException">The bytes are damaged, of another version, or no question.</exception>
    public static StateQuery ReadQuery(CodecReader reader)
    {
        CheckVersion(reader);
        TaskId task = new(new JobId(reader.ReadUInt128()), new VertexId(reader.ReadUInt128()), ReadNumber(reader, ushort.MaxValue));
        StateQuery query = new(
            task,
            new Attempt(ReadNumber(reader, int.MaxValue)),
            new OperatorId(reader.ReadUInt128()),
            new KeyGroup(ReadNumber(reader, ushort.MaxValue)),
            reader.ReadRequiredString());
        return query.Key.Length <= StateQuery.MaxKey ? query : throw reader.Damaged($"a key of more than {StateQuery.MaxKey} characters");
    }

    /// <summary>Reads an answer. Never trusts the bytes.</summary>
    /// <exception cref="CodecException">The bytes are damaged, of another version, or no answer.</exception>
    public static StateAnswer ReadAnswer(CodecReader reader)
    {
        CheckVersion(reader);
        return new StateAnswer(reader.ReadEnum<StateOutcome>(), reader.ReadRequiredString());
    }

    private static int ReadNumber(CodecReader reader, int max) => (int)reader.ReadUInt64((ulong)max);

    private static void CheckVersion(CodecReader reader)
    {
        byte version = reader.ReadByte();
        if (version != Version)
        {
            throw new CodecException(
                $"The message is of version {version}, and this QueryStream understands {Version}: run the same version on all nodes of a cluster.");
        }
    }
}
