using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Batches;

namespace QueryStream.Exchange.Frames;

/// <summary>The bodies of frames that open and refuse channels.</summary>
internal static class ChannelFrames
{
    /// <summary>The largest body of a frame that is no element.</summary>
    public const int MaxLength = 4_096;

    private const int MaxProblem = 1_000;

    /// <summary>Writes the body of <see cref="FrameKind.Open"/>: the far task, the channel, and the near end's handshake.</summary>
    public static void WriteOpen(CodecWriter writer, TaskEndpoint near, ChannelId channel)
    {
        writer.WriteTask(near.FarEndOf(channel));
        writer.WriteLength(channel.Edge);
        writer.WriteLength(channel.From);
        writer.WriteLength(channel.To);
        near.HandshakeOf(channel).Write(writer);
    }

    /// <summary>Reads what <see cref="WriteOpen"/> wrote.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public static (TaskId Task, ChannelId Channel, ChannelHandshake Handshake) ReadOpen(Frame body)
    {
        CodecReader reader = new(body.Array, body.Start, body.Length);
        TaskId task = reader.ReadTask();
        ChannelId channel = new(ReadNumber(reader), ReadNumber(reader), ReadNumber(reader));
        return (task, channel, ChannelHandshake.Read(reader));
    }

    /// <summary>Writes the body of <see cref="FrameKind.Refused"/>.</summary>
    public static void WriteRefused(CodecWriter writer, string problem) =>
        writer.WriteString(problem.Length <= MaxProblem ? problem : problem[..MaxProblem]);

    /// <summary>Reads what <see cref="WriteRefused"/> wrote.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public static string ReadRefused(Frame body) => new CodecReader(body.Array, body.Start, body.Length).ReadRequiredString();

    private static int ReadNumber(CodecReader reader) => (int)reader.ReadUInt64(int.MaxValue);
}
