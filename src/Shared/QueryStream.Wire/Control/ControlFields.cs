using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>The bytes of the fields that several control messages have.</summary>
internal static class ControlFields
{
    // A peer must not make this process recurse without end.
    private const int MaxCauses = 16;
    private const int MaxPort = 65_535;

    public static void WriteAttempt(this CodecWriter writer, Attempt attempt) => writer.WriteLength(attempt.Number);

    public static Attempt ReadAttempt(this CodecReader reader) => new((int)reader.ReadUInt64(int.MaxValue));

    public static void WriteOptionalAttempt(this CodecWriter writer, Attempt? attempt) => writer.WriteInt64(attempt?.Number ?? -1);

    public static Attempt? ReadOptionalAttempt(this CodecReader reader) =>
        reader.ReadInt64(-1, int.MaxValue) is >= 0 and long number ? new Attempt((int)number) : null;

    public static void WriteAddress(this CodecWriter writer, WorkerAddress address)
    {
        writer.WriteString(address.Host);
        writer.WriteLength(address.Port);
    }

    public static WorkerAddress ReadAddress(this CodecReader reader) => new(reader.ReadRequiredString(), (int)reader.ReadUInt64(MaxPort));

    public static void WritePlacement(this CodecWriter writer, TaskPlacement task)
    {
        writer.WriteVertex(task.Vertex);
        writer.WriteLength(task.Subtask);
        writer.WriteString(task.Slot.Worker.Name);
        writer.WriteLength(task.Slot.Index);
        writer.WriteOptionalAttempt(task.Attempt);
    }

    public static TaskPlacement ReadPlacement(this CodecReader reader) => new(
        reader.ReadVertex(),
        (int)reader.ReadUInt64(int.MaxValue),
        new SlotId(new WorkerId(reader.ReadRequiredString()), (int)reader.ReadUInt64(int.MaxValue)),
        reader.ReadOptionalAttempt());

    public static void WriteLocation(this CodecWriter writer, WorkerLocation location)
    {
        writer.WriteString(location.Worker.Name);
        writer.WriteAddress(location.Address);
    }

    public static WorkerLocation ReadLocation(this CodecReader reader) => new(new WorkerId(reader.ReadRequiredString()), reader.ReadAddress());

    /// <summary>A value of an enumeration, as a byte; its numbers are on the wire and never change.</summary>
    public static void WriteEnum<T>(this CodecWriter writer, T value)
        where T : struct, Enum => writer.WriteByte(Convert.ToByte(value, null));

    /// <summary>Whether there is a value, and the value.</summary>
    public static void WriteOptional<T>(this CodecWriter writer, T? value, Action<CodecWriter, T> write)
        where T : class
    {
        writer.WriteBoolean(value is not null);
        if (value is not null)
        {
            write(writer, value);
        }
    }

    public static T? ReadOptional<T>(this CodecReader reader, Func<CodecReader, T> read)
        where T : class => reader.ReadBoolean() ? read(reader) : null;

    /// <summary>An error with its causes. Those behind the sixteenth are left out.</summary>
    public static void WriteError(this CodecWriter writer, ErrorInfo error)
    {
        int causes = 0;
        for (ErrorInfo? cause = error.Cause; cause is not null && causes < MaxCauses; cause = cause.Cause)
        {
            causes++;
        }

        writer.WriteLength(causes);
        ErrorInfo? next = error;
        for (int i = 0; i <= causes; i++)
        {
            writer.WriteString(next!.TypeName);
            writer.WriteString(next.Message);
            writer.WriteString(next.StackTrace);
            writer.WriteLength((int?)next.Code ?? 0);
            writer.WriteString(next.Subject);
            writer.WriteString(next.Detail);
            next = next.Cause;
        }
    }

    public static ErrorInfo ReadError(this CodecReader reader)
    {
        ErrorInfo[] chain = new ErrorInfo[(int)reader.ReadUInt64(MaxCauses) + 1];
        for (int i = 0; i < chain.Length; i++)
        {
            chain[i] = new ErrorInfo(reader.ReadRequiredString(), reader.ReadRequiredString(), reader.ReadRequiredString())
            {
                Code = reader.ReadUInt64(byte.MaxValue) is not 0 and ulong code ? (ErrorCode)code : null,
                Subject = reader.ReadRequiredString(),
                Detail = reader.ReadRequiredString(),
            };
        }

        ErrorInfo error = chain[^1];
        for (int i = chain.Length - 2; i >= 0; i--)
        {
            error = chain[i] with { Cause = error };
        }

        return error;
    }

    public static void WriteFailure(this CodecWriter writer, TaskFailure failure)
    {
        writer.WriteString(failure.OperatorName);
        writer.WriteError(failure.Cause);
    }

    public static TaskFailure ReadFailure(this CodecReader reader) => new(reader.ReadRequiredString(), reader.ReadError());
}
