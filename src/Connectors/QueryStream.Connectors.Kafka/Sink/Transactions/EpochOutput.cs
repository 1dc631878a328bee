using System.Buffers;
using System.Globalization;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink.Transactions;

/// <summary>
/// One subtask of a sink in one attempt of a job. Its epochs are one history: if its marker is at an epoch, all epochs up to that one are
/// visible, and no later ones. Another attempt is another writer, since it may write other rows under the same numbers.
/// </summary>
/// <param name="Name">Its transactional id, and the consumer group that holds its marker.</param>
/// <param name="Topic">Where it writes.</param>
internal sealed record SinkWriterId(string Name, string Topic)
{
    /// <summary>The writer of a task.</summary>
    public static SinkWriterId Of(KafkaSinkOptions options, string sink, SinkContext context) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{options.TransactionalIdPrefix}-{context.Task.Job}-{sink}-{context.Task.Subtask}-{context.Attempt.Number}"),
        options.Topic);
}

/// <summary>The output of one epoch of a writer, encoded. Immutable.</summary>
/// <param name="Writer">The writer.</param>
/// <param name="Checkpoint">The checkpoint whose barrier has ended the epoch.</param>
/// <param name="State">The header, and blocks of whole records; so it is stored in checkpoints.</param>
internal sealed record EpochOutput(SinkWriterId Writer, CheckpointId Checkpoint, ReadOnlySequence<byte> State)
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

    /// <summary>An epoch of a restored checkpoint.</summary>
    /// <param name="sink">The sink's name, for errors.</param>
    /// <param name="epoch">The epoch.</param>
    /// <exception cref="StateRestoreException">Something else has written it.</exception>
    public static EpochOutput Restore(string sink, PendingEpoch epoch)
    {
        string found;
        try
        {
            string[]? header = Codec<string[]>.Instance.Read(new CodecReader(epoch.State.First.ToArray()));
            if (header is [Format, { } name, { } topic])
            {
                return new EpochOutput(new SinkWriterId(name, topic), epoch.Checkpoint, epoch.State);
            }

            found = header is [{ } format, ..] ? $"'{format}'" : "no header";
        }
        catch (CodecException e)
        {
            found = e.Message;
        }

        throw new StateRestoreException(
            $"Kafka sink '{sink}' cannot restore epoch {epoch.Checkpoint} of subtask {epoch.Subtask}: it begins with {found}, not with '{Format}'. "
            + "Another kind of sink or a newer version has written it. Give the sink another name to start it without state.");
    }
}

/// <summary>Collects the records of the current epoch. Used in turns of the task.</summary>
/// <param name="writer">The writer.</param>
internal sealed class EpochBuffer(SinkWriterId writer)
{
    // The size of a chunk in a snapshot: a block is stored as it is.
    private const int BlockBytes = 256 * 1024;

    private readonly ReadOnlyMemory<byte> _header = EpochOutput.HeaderOf(writer);
    private List<ReadOnlyMemory<byte>> _blocks = [];
    private byte[] _block = [];
    private int _used;

    /// <summary>The bytes of the records.</summary>
    public long Bytes { get; private set; }

    /// <summary>The number of records.</summary>
    public long Rows { get; private set; }

    /// <summary>Copies a record.</summary>
    public void Add(KafkaRecordBuilder record)
    {
        int size = EpochRecord.SizeOf(record);
        if (size > _block.Length - _used)
        {
            EndBlock();
            _block = GC.AllocateUninitializedArray<byte>(Math.Max(BlockBytes, size));
        }

        EpochRecord.Write(record, _block.AsSpan(_used, size));
        _used += size;
        Bytes += size;
        Rows++;
    }

    /// <summary>Ends the epoch; the next one begins.</summary>
    public EpochOutput End(CheckpointId checkpoint)
    {
        EndBlock();
        EpochOutput output = new(writer, checkpoint, PendingEpoch.StateOf([_header, .. _blocks])) { Rows = Rows };
        _blocks = [];
        (Bytes, Rows) = (0, 0);
        return output;
    }

    // A block that is mostly free is copied, so that epochs with few rows cost little memory.
    private void EndBlock()
    {
        if (_used > 0)
        {
            _blocks.Add(_used < _block.Length / 2 ? _block.AsSpan(0, _used).ToArray() : _block.AsMemory(0, _used));
        }

        (_block, _used) = ([], 0);
    }
}
