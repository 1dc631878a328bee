using System.Buffers;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Formats;

/// <summary>
/// How one record's bytes are rows, and one row is a record's bytes: JSON, CSV, text, or your own. Sources and sinks of all connectors share it.
/// Part of a job's definition: it makes decoders and encoders, and keeps nothing itself.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordFormat<T>
{
    /// <summary>What the names of files in this format end with: <c>.csv</c>.</summary>
    public virtual string FileExtension => ".txt";

    /// <summary>Whether a file begins with a header. Records of Kafka and Redis have none.</summary>
    public virtual bool HasHeader => false;

    /// <summary>Makes the decoder of one subtask, or of one file. Override it where sources use the format.</summary>
    /// <exception cref="JobDefinitionException">The format only writes.</exception>
    public virtual RecordDecoder<T> CreateDecoder() =>
        throw new JobDefinitionException($"{GetType().Name} cannot be the format of a source: it does not override {nameof(CreateDecoder)}.");

    /// <summary>Makes the encoder of one subtask. Override it where sinks use the format.</summary>
    /// <exception cref="JobDefinitionException">The format only reads.</exception>
    public virtual RecordEncoder<T> CreateEncoder() =>
        throw new JobDefinitionException($"{GetType().Name} cannot be the format of a sink: it does not override {nameof(CreateEncoder)}.");

    // Asks for the override and does not call it: a decoder may own large dictionaries, and a job is defined several times before it runs.
    internal void CheckReads()
    {
        Func<RecordDecoder<T>> create = CreateDecoder;
        if (create.Method.DeclaringType == typeof(RecordFormat<T>))
        {
            _ = create();
        }
    }

    internal void CheckWrites()
    {
        Func<RecordEncoder<T>> create = CreateEncoder;
        if (create.Method.DeclaringType == typeof(RecordFormat<T>))
        {
            _ = create();
        }
    }
}

/// <summary>
/// Makes rows of records. Used by one thread, so it may keep buffers and dictionaries. It must not throw for what a record may contain.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordDecoder<T>
{
    /// <summary>A record of more rows is refused as <see cref="RejectReasons.TooManyRows"/>: all rows of a record are in one batch.</summary>
    public const int MaxRows = Batch.MaxRows;

    private T[] _rows = new T[1];
    private int _count;

    /// <summary>
    /// Whether <see cref="Read"/> is called for records without a value (Kafka's tombstones). Otherwise they are dead letters: <c>null-value</c>.
    /// </summary>
    public virtual bool ReadsNullValues => false;

    /// <summary>Decodes a record. Allocates nothing but what the rows hold.</summary>
    /// <param name="record">The record; its bytes are valid for the call.</param>
    /// <param name="rows">Its rows; none where the result is a rejection. Valid until the next call.</param>
    /// <returns>Why the record is a dead letter, or <see cref="DecodeResult.Ok"/>.</returns>
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
    /// Reads the header of a file. Called before the records of a file where <see cref="RecordFormat{T}.HasHeader"/> says so, and not for records of
    /// Kafka.
    /// </summary>
    /// <returns>Why the whole file is a dead letter, or <see cref="DecodeResult.Ok"/>.</returns>
    public virtual DecodeResult ReadHeader(ReadOnlySpan<byte> header) => DecodeResult.Ok;

    /// <summary>Whether a line of a file is no record, and is skipped. Asked for files only.</summary>
    public virtual bool IsBlank(ReadOnlySpan<byte> line) => false;

    /// <summary>
    /// Decodes a record: gives each of its rows to <see cref="Add"/>, or says why it is a dead letter. A record without rows leaves no trace.
    /// </summary>
    /// <param name="record">The record; copy what rows hold of it.</param>
    protected abstract DecodeResult Read(in SourceRecord record);

    /// <summary>Adds a row of the current record. It is dropped if the record turns out to be a dead letter.</summary>
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

/// <summary>Writes rows as the bytes of records. Used by one thread; should allocate nothing from the second row on.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordEncoder<T> : IDisposable
{
    /// <summary>Writes a row, without a line end.</summary>
    public abstract void Encode(in T row, IBufferWriter<byte> output);

    /// <summary>Writes what a file begins with, without a line end. Called where <see cref="RecordFormat{T}.HasHeader"/> says so.</summary>
    public virtual void EncodeHeader(IBufferWriter<byte> output)
    {
    }

    /// <summary>Frees buffers. Called once, after the last row.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
