using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink.Transactions;

/// <summary>Collects the records since the last barrier. Used in turns of the task.</summary>
/// <param name="writer">The writer.</param>
internal sealed class CommittableBuffer(SinkWriterId writer)
{
    // The size of a chunk in a snapshot: a block is stored as it is.
    private const int BlockBytes = 256 * 1024;

    private readonly ReadOnlyMemory<byte> _header = CommittableOutput.HeaderOf(writer);
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
        int size = CommittableRecord.SizeOf(record);
        if (size > _block.Length - _used)
        {
            EndBlock();
            _block = GC.AllocateUninitializedArray<byte>(Math.Max(BlockBytes, size));
        }

        CommittableRecord.Write(record, _block.AsSpan(_used, size));
        _used += size;
        Bytes += size;
        Rows++;
    }

    /// <summary>Makes the records a committable, and begins the next one.</summary>
    public CommittableOutput End(CheckpointId checkpoint)
    {
        EndBlock();
        CommittableOutput output = new(writer, checkpoint, Committable.StateOf([_header, .. _blocks])) { Rows = Rows };
        _blocks = [];
        (Bytes, Rows) = (0, 0);
        return output;
    }

    // A block that is mostly free is copied, so that committables of few rows cost little memory.
    private void EndBlock()
    {
        if (_used > 0)
        {
            _blocks.Add(_used < _block.Length / 2 ? _block.AsSpan(0, _used).ToArray() : _block.AsMemory(0, _used));
        }

        (_block, _used) = ([], 0);
    }
}
