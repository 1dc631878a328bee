using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Formats;

/// <summary>
/// Decodes records to rows. Used by one thread, so it may keep buffers and dictionaries. It must not throw, whatever a record contains.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordDecoder<T>
{
    /// <summary>
    /// The maximum number of rows in a record, since all of them are in one batch. More are rejected as <see cref="RejectReasons.TooManyRows"/>.
    /// </summary>
    public const int MaxRows = Batch.MaxRows;

    private T[] _rows = new T[1];
    private int _count;

    /// <summary>
    /// Whether <see cref="Read"/> is called for records without a value (Kafka's tombstones). Otherwise they are dead letters: <c>null-value</c>.
    /// </summary>
    public virtual bool ReadsNullValues => false;

    /// <summary>Decodes a record. Allocates only what the rows refer to.</summary>
    /// <param name="record">The record; its bytes are valid during the call.</param>
    /// <param name="rows">Its rows; none if the record is rejected. Valid until the next call.</param>
    /// <returns>The reason for a dead letter, or <see cref="DecodeResult.Ok"/>.</returns>
    public DecodeResult Decode(in SourceRecord record, out ReadOnlySpan<T> rows)
    {
        _count = 0;
        DecodeResult result = Read(record);
        if (!result.IsOk || _count > MaxRows)
        {
            rows = default;
            return result.IsOk ? DecodeResult.Reject(RejectReasons.TooManyRows, $"{_count} rows; {MaxRows} are allowed") : result;
        }

        rows = new ReadOnlySpan<T>(_rows, 0, _count);
        return result;
    }

    /// <summary>
    /// Reads the header of a file. Called before the records of a file if <see cref="RecordFormat{T}.HasHeader"/> is true; not called for records of
    /// Kafka.
    /// </summary>
    /// <returns>The reason to reject the whole file, or <see cref="DecodeResult.Ok"/>.</returns>
    public virtual DecodeResult ReadHeader(ReadOnlySpan<byte> header) => DecodeResult.Ok;

    /// <summary>Whether a line of a file is blank and skipped. Called for files only.</summary>
    public virtual bool IsBlank(ReadOnlySpan<byte> line) => false;

    /// <summary>Decodes a record: calls <see cref="Add"/> for each row, or returns the reason for a dead letter. A record may have no rows.</summary>
    /// <param name="record">The record; rows must copy what they keep of it.</param>
    protected abstract DecodeResult Read(in SourceRecord record);

    /// <summary>Adds a row of the current record. It is dropped if the record becomes a dead letter.</summary>
    protected void Add(in T row)
    {
        if (_count < _rows.Length)
        {
            _rows[_count++] = row;
        }
        else
        {
            AddToMore(row);
        }
    }

    private void AddToMore(in T row)
    {
        if (_count < MaxRows)
        {
            Array.Resize(ref _rows, Math.Min(MaxRows, _rows.Length * 4));
            _rows[_count] = row;
        }

        _count++;
    }
}
