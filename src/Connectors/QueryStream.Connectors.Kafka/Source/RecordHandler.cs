using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>Turns the records and events of one poll into rows, dead letters and ends of splits.</summary>
internal struct RecordHandler<T>(
    KafkaSourceOptions options,
    RecordDecoder<T> decoder,
    HeldRecord<T> held,
    SourceBatch<T> batch,
    List<PartitionProgress> partitions,
    int[] splits,
    ILogger logger) : IKafkaRecordHandler
{
    /// <summary>The limit of bytes decoded in one turn of the task, which should take about a millisecond.</summary>
    private const int MaxBytes = 512 * 1024;

    /// <summary>The limit of records per turn: dead letters do not fill the batch.</summary>
    private const int MaxRecords = 1024;

    private readonly int _maxRecordBytes = options.MaxRecordBytes;
    private PartitionProgress? _current;
    private int _bytes;
    private int _records;

    /// <inheritdoc/>
    public bool OnRecord(in SourceRecord record)
    {
        PartitionProgress? current = _current;
        if (current is null || current.Partition != record.Position.Partition)
        {
            current = Begin(record.Position.Partition);
        }

        long offset = record.Position.Offset;
        if (offset >= current.End)
        {
            // Written after a bounded source was opened.
            current.Position = current.End;
            return ++_records < MaxRecords;
        }

        current.Position = offset + 1;
        if (!record.HasValue && !decoder.ReadsNullValues)
        {
            Reject(record, "null-value", "", false);
        }
        else if (record.Value.Length > _maxRecordBytes)
        {
            Reject(record, "record-too-large", $"{record.Value.Length} bytes; {_maxRecordBytes} are allowed", false);
        }
        else
        {
            DecodeResult result = Decode(record, out ReadOnlySpan<T> rows);
            if (!result.IsOk)
            {
                Reject(record, result.Reason!, result.DetailAndPosition, false);
            }
            else if (rows.Length > batch.Room)
            {
                // All rows of a record go into one batch, so that no snapshot falls between them.
                held.Hold(record, rows);
                current.Position = offset;
                return false;
            }
            else
            {
                AddRows(record, rows);
            }
        }

        int bytes = record.Key.Length + record.Value.Length;
        _bytes += bytes;
        batch.AddBytes(bytes);
        return ++_records < MaxRecords && _bytes < MaxBytes && !batch.IsFull;
    }

    /// <summary>Adds the rows of the record that did not fit into the previous batch.</summary>
    /// <returns>Whether no such rows are left.</returns>
    public bool TryAddHeld()
    {
        if (held.Rows.Length > batch.Room)
        {
            return false;
        }

        if (held.HasRecord)
        {
            SourceRecord record = held.Record;
            batch.AddBytes(record.Key.Length + record.Value.Length);
            Begin(record.Position.Partition).Position = record.Position.Offset + 1;
            AddRows(record, held.Rows);
            held.Clear();
        }

        return true;
    }

    /// <inheritdoc/>
    public void OnPartitionEof(int partition, long offset)
    {
        PartitionProgress progress = partitions[splits[partition]];
        progress.Position = Math.Max(progress.Position, Math.Min(offset, progress.End));
    }

    /// <inheritdoc/>
    public void OnEndOffset(int partition, long end, EventTime askedAt)
    {
        int split = splits[partition];
        PartitionProgress progress = partitions[split];
        if (progress.UpdateStall(end, askedAt))
        {
            logger.PartitionStalled(options.Topic, partition, end - progress.Position, progress.Position);
        }

        // Compared with the high watermark: at an open transaction the reader stops at the last stable offset, although records follow.
        if (progress.Position == end && !progress.HasNewRecords && !progress.IsEnded)
        {
            batch.ConfirmEnd(split, askedAt);
        }
    }

    /// <inheritdoc/>
    public void OnUnreadable(int partition, long offset, string problem)
    {
        PartitionProgress progress = Begin(partition);
        if (offset < progress.End)
        {
            progress.Position = offset + 1;
            batch.AddDeadLetter(new DeadLetter(options.Topic, partition, offset, "unreadable", problem, null));
        }
    }

    private readonly void AddRows(in SourceRecord record, ReadOnlySpan<T> rows)
    {
        foreach (ref readonly T row in rows)
        {
            if (!batch.TryAdd(row, record.Timestamp, record.Position.Offset))
            {
                Reject(record, "time-out-of-range", $"allowed: {batch.Earliest} to {batch.Latest}", true);
            }
        }

        if (rows.IsEmpty)
        {
            batch.Pass(record.Position.Offset);
        }
    }

    private readonly DecodeResult Decode(in SourceRecord record, out ReadOnlySpan<T> rows)
    {
        batch.BeginRecord(record.Position.Offset);
        try
        {
            return decoder.Decode(record, out rows);
        }
        catch (ServiceRefusedException e)
        {
            // Damaged headers, detected when the decoder reads them.
            rows = default;
            return DecodeResult.Reject("unreadable-headers", e.Message);
        }
    }

    private PartitionProgress Begin(int partition)
    {
        int split = splits[partition];
        batch.BeginSplit(split);
        PartitionProgress progress = partitions[split];
        progress.HasNewRecords = true;
        _current = progress;
        return progress;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Reject(in SourceRecord record, string reason, string detail, bool refusedByTime)
    {
        byte[]? value = record.HasValue ? record.Value[..Math.Min(record.Value.Length, DeadLetter.MaxValueBytes)].ToArray() : null;
        batch.AddDeadLetter(new DeadLetter(options.Topic, record.Position.Partition, record.Position.Offset, reason, detail, value), refusedByTime);
    }
}

/// <summary>Keeps the rows of a record that did not fit into the batch until the next poll. Used by one thread.</summary>
internal sealed class HeldRecord<T>
{
    private T[] _rows = [];
    private byte[] _value = [];
    private EventTime _timestamp;
    private RecordPosition _position;

    public bool HasRecord => _rows.Length > 0;

    public ReadOnlySpan<T> Rows => _rows;

    /// <summary>The record, its value cut to the size that a dead letter keeps.</summary>
    public SourceRecord Record => new([], _value, hasValue: true, _timestamp, _position);

    public void Hold(in SourceRecord record, ReadOnlySpan<T> rows)
    {
        _rows = rows.ToArray();
        _value = record.Value[..Math.Min(record.Value.Length, DeadLetter.MaxValueBytes)].ToArray();
        (_timestamp, _position) = (record.Timestamp, record.Position);
    }

    public void Clear() => _rows = [];
}
