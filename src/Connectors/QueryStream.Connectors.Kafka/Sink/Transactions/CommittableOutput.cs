using System.Buffers;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink.Transactions;

/// <summary>A committable of a Kafka writer: encoded records. Immutable.</summary>
/// <param name="Writer">The writer.</param>
/// <param name="Checkpoint">The checkpoint whose barrier ended it.</param>
/// <param name="State">The header, and blocks of whole records; so it is stored in checkpoints.</param>
internal sealed record CommittableOutput(SinkWriterId Writer, CheckpointId Checkpoint, ReadOnlySequence<byte> State)
{
    private const string Format = "querystream-kafka-epoch/1";

    /// <summary>The number of rows; unknown, and 0, where it was restored.</summary>
    public long Rows { get; init; }

    /// <summary>Its size in memory.</summary>
    public long Bytes => State.Length;

    /// <summary>The blocks of records.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Blocks
    {
        get
        {
            bool isHeader = true;
            foreach (ReadOnlyMemory<byte> segment in State)
            {
                if (!isHeader)
                {
                    yield return segment;
                }

                isHeader = false;
            }
        }
    }

    /// <summary>The header before the blocks.</summary>
    public static ReadOnlyMemory<byte> HeaderOf(SinkWriterId writer)
    {
        CodecWriter header = new();
        Codec<string[]>.Instance.Write(header, [Format, writer.Name, writer.Topic]);
        return header.Written.ToArray();
    }

    /// <summary>A committable of a restored checkpoint.</summary>
    /// <param name="sink">The sink's name, for errors.</param>
    /// <param name="committable">The committable.</param>
    /// <exception cref="StateRestoreException">Something else has written it.</exception>
    public static CommittableOutput Restore(string sink, Committable committable)
    {
        string found;
        try
        {
            string[]? header = Codec<string[]>.Instance.Read(new CodecReader(committable.State.First.ToArray()));
            if (header is [Format, { } name, { } topic])
            {
                return new CommittableOutput(new SinkWriterId(name, topic), committable.Checkpoint, committable.State);
            }

            found = header is [{ } format, ..] ? $"'{format}'" : "no header";
        }
        catch (CodecException e)
        {
            found = e.Message;
        }

        throw new StateRestoreException(
            $"Kafka sink '{sink}' cannot restore committable {committable.Checkpoint} of subtask {committable.Subtask}: "
            + $"it begins with {found}, not with '{Format}'. "
            + "Another kind of sink or a newer version has written it. Give the sink another name to start it without state.");
    }
}
