using QueryStream.Core.Codecs;

namespace QueryStream.Wire.Control;

/// <summary>
/// The bytes of the messages between coordinator and workers: a version, the number of the message's type, and its fields in the order of the record,
/// as CodecWriter writes them. A process refuses another version, so that both ends of a connection understand the same. Numbers of types are never
/// given to another type. See docs/design/links.md.
/// </summary>
public static class ControlFormat
{
    /// <summary>The version of all messages. Raised when a message changes.</summary>
    public const byte Version = 5;

    /// <summary>Appends a message to a worker.</summary>
    public static void Write(CodecWriter writer, WorkerMessage message)
    {
        writer.WriteByte(Version);
        WorkerMessageFormat.Write(writer, message);
    }

    /// <summary>Appends a message to the coordinator.</summary>
    public static void Write(CodecWriter writer, CoordinatorMessage message)
    {
        writer.WriteByte(Version);
        CoordinatorMessageFormat.Write(writer, message);
    }

    /// <summary>Reads a message to a worker. Never trusts the bytes.</summary>
    /// <exception cref="CodecException">The bytes are damaged, of another version, or not such a message.</exception>
    public static WorkerMessage ReadWorkerMessage(CodecReader reader) => Read(reader, WorkerMessageFormat.Read);

    /// <summary>Reads a message to the coordinator. Never trusts the bytes.</summary>
    /// <exception cref="CodecException">The bytes are damaged, of another version, or not such a message.</exception>
    public static CoordinatorMessage ReadCoordinatorMessage(CodecReader reader) => Read(reader, CoordinatorMessageFormat.Read);

    private static T Read<T>(CodecReader reader, Func<CodecReader, T> read)
    {
        byte version = reader.ReadByte();
        if (version != Version)
        {
            throw new CodecException(
                $"The message is of version {version}, and this QueryStream understands {Version}: run the same version on all nodes of a cluster.");
        }

        T message;
        try
        {
            message = read(reader);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw reader.Damaged(e.Message);
        }

        return reader.Remaining == 0 ? message : throw reader.Damaged($"{reader.Remaining} bytes after the message");
    }
}
