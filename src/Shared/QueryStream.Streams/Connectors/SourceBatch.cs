using System.Runtime.CompilerServices;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// The result of one poll of a source: rows, split by split, and events of the splits. The engine derives the watermark of each split from it. Used
/// in turns of one task.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SourceBatch<T>
{
    // No position.
    private const long None = long.MinValue;

    private readonly Func<T, EventTime>? _eventTime;
    private readonly bool _holdsOneRow;
    private readonly List<SplitRun> _runs = [];
    private readonly List<SplitEnd> _ends = [];
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly List<string> _newSplits = [];
    private int _splits;
    private Batch<T> _rows;

    // The current run. These few fields are written for each row.
    private int _split = -1;
    private int _runStart;
    private EventTime _maxTime = EventTime.MinValue;
    private long _lastOffset = -1;
    private bool _hasPassed;

    // The rows since _evenStart come from records at equal distances, from position _first on; _next is the expected next position.
    private int _evenStart;
    private long _first;
    private long _step;
    private long _next = None;
    private bool _areLines;

    // The record whose row was added last, or is being added.
    private long _position = None;

    // The record that was begun last. It is being decoded until a row of it is added, so that adding a row costs no store for it.
    private long _begun = None;

    /// <summary>Creates the batch, which one source task reuses for all polls.</summary>
    /// <param name="eventTime">Extracts the event time of a row; null: the record's own time.</param>
    /// <param name="holdsOneRow">Whether one row fills it, so that the watermark advances after each row.</param>
    public SourceBatch(Func<T, EventTime>? eventTime, bool holdsOneRow = false)
    {
        _eventTime = eventTime;
        _holdsOneRow = holdsOneRow;
        _rows = RentRows();
    }

    /// <summary>Whether the batch takes no more rows; the reader then returns.</summary>
    public bool IsFull => _rows.IsFull;

    /// <summary>
    /// The number of rows that still fit. All rows of one record must be in the same batch, so it may be more than 0 even if <see cref="IsFull"/> is
    /// true.
    /// </summary>
    public int Room => Batch.MaxRows - _rows.Count;

    /// <summary>The number of rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>The number of records read, including dead letters; a record of several rows counts as several.</summary>
    public long RecordsRead { get; private set; }

    /// <summary>The bytes of these records, as <see cref="AddBytes"/> was told.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The record for which code of the job is running, or has thrown; null if there is none. For errors.</summary>
    public OriginRun? CurrentRecord =>
        IsDecoding ? new OriginRun("", _split, 1, _begun, _begun, _areLines)
        : IsTakingTime ? new OriginRun("", _split, 1, _position, _position, _areLines)
        : null;

    /// <summary>Whether that code extracts the event time of a row.</summary>
    /// <remarks>It does if the current record is counted, but is neither a row nor a dead letter.</remarks>
    public bool IsTakingTime => !IsDecoding && _position != None && RecordsRead > _rows.Count + _deadLetters.Count;

    /// <summary>The earliest accepted event time. The engine sets it before each poll.</summary>
    public EventTime Earliest { get; set; } = EventTime.MinValue;

    /// <summary>The latest accepted event time. The engine sets it before each poll.</summary>
    public EventTime Latest { get; set; } = EventTime.MaxValue;

    private bool IsDecoding => _begun != None && _begun != _position;

    /// <summary>Rows and offsets by split, in order of arrival.</summary>
    public IReadOnlyList<SplitRun> Runs => _runs;

    /// <summary>The ends of splits that were found in this poll.</summary>
    public IReadOnlyList<SplitEnd> Ends => _ends;

    /// <summary>Records that could not be decoded.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>The splits that were added in this poll.</summary>
    public IReadOnlyList<string> NewSplits => _newSplits;

    /// <summary>Sets the number of splits that the reader was opened with. Called once, by the engine.</summary>
    public void Open(int splits) => _splits = splits;

    /// <summary>
    /// Adds a split to the subtask: a file or a partition. Its name is in snapshots from then on, and in <see cref="SourceContext.Restored"/> after a
    /// restore.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its index, which follows those of the existing splits.</returns>
    public int AddSplit(string name)
    {
        _newSplits.Add(name);
        return _splits++;
    }

    /// <summary>Sets the split of the following records.</summary>
    /// <param name="split">The index in the list that the reader returned when it was opened, or what <see cref="AddSplit"/> returned.</param>
    public void BeginSplit(int split)
    {
        if (split == _split)
        {
            // The current run continues.
            return;
        }

        CloseRun();
        BeginRun(split);
    }

    /// <summary>Adds a row of the current split. The batch must not be full.</summary>
    /// <param name="row">The row.</param>
    /// <param name="recordTime">The record's own time, used if the job extracts none from the row.</param>
    /// <param name="offset">The record's position in its split.</param>
    /// <returns>False if the event time is out of range: the caller must then add the record as a dead letter.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(in T row, EventTime recordTime, long offset) => TryAddAt(row, recordTime, offset, offset);

    /// <summary>As <see cref="TryAdd(in T, EventTime, long)"/>, for a line of a file: errors name the line.</summary>
    /// <param name="row">The row.</param>
    /// <param name="recordTime">The record's own time, used if the job extracts none from the row.</param>
    /// <param name="offset">The record's position in its split.</param>
    /// <param name="line">The number of its first line, from 1.</param>
    /// <returns>False if the event time is out of range.</returns>
    public bool TryAddLine(in T row, EventTime recordTime, long offset, long line)
    {
        _areLines = true;
        return TryAddAt(row, recordTime, offset, line);
    }

    /// <summary>
    /// Begins a record of the current split, before code of the job, such as a decoder, runs for it: if that code throws, the error names the
    /// record. The record ends with its row, its dead letter, or <see cref="Pass"/>.
    /// </summary>
    /// <param name="offset">The record's position in its split.</param>
    public void BeginRecord(long offset)
    {
        _position = None;
        _begun = offset;
    }

    /// <summary>As <see cref="BeginRecord"/>, of a line of a file: the error names the line.</summary>
    /// <param name="line">The record's first line, from 1.</param>
    public void BeginLine(long line)
    {
        _areLines = true;
        BeginRecord(line);
    }

    /// <summary>Adds a record that is not a row. <see cref="TryAdd"/> must have rejected it, or not have been called for it.</summary>
    /// <param name="letter">The record and the reason.</param>
    /// <param name="refusedByTime">Whether <see cref="TryAdd"/> rejected the record.</param>
    public void AddDeadLetter(DeadLetter letter, bool refusedByTime = false)
    {
        RecordsRead += refusedByTime ? 0 : 1;
        _deadLetters.Add(letter);
        _lastOffset = letter.Offset;
        _begun = None;
    }

    /// <summary>Counts bytes that were read from the external system, for metrics. A source that knows no size does not call it.</summary>
    public void AddBytes(long bytes) => BytesRead += bytes;

    /// <summary>
    /// Advances the position of the current split in snapshots without a record. A reader whose start position could differ in the next attempt calls
    /// it in its first poll with the position before its start, so that a split without records keeps its start.
    /// </summary>
    /// <param name="offset">The position; -1 is before the first record.</param>
    public void Pass(long offset) => (_lastOffset, _hasPassed, _begun) = (offset, true, None);

    /// <summary>
    /// Reports that the split was read to its end on a healthy connection at a time of the clock. Repeated while no record comes.
    /// </summary>
    public void ConfirmEnd(int split, EventTime at) => _ends.Add(new SplitEnd(split, at, IsFinal: false));

    /// <summary>Reports that the split has ended and nothing follows.</summary>
    public void EndSplit(int split) => _ends.Add(new SplitEnd(split, EventTime.MaxValue, IsFinal: true));

    /// <summary>Returns the rows and starts a new batch; the caller gets the reference. Called by the engine.</summary>
    /// <param name="splits">The names of the splits, for errors; null if they are not needed.</param>
    public Batch<T> TakeRows(IReadOnlyList<string>? splits = null)
    {
        Batch<T> rows = _rows;
        if (splits is not null)
        {
            rows.Origin.Name(splits);
        }

        _rows = RentRows();
        _position = None;
        return rows;
    }

    /// <summary>Releases the rows that were not taken. Called by the engine after the last poll.</summary>
    public void Drop() => _rows.Release();

    /// <summary>Closes the current run. Called by the engine after the poll.</summary>
    public void Complete()
    {
        _begun = None;
        CloseRun();
    }

    /// <summary>Removes runs, ends and dead letters. Called by the engine before the next poll.</summary>
    public void Reset()
    {
        _runs.Clear();
        _ends.Clear();
        _newSplits.Clear();
        _deadLetters.Clear();
        BeginRun(-1);
        RecordsRead = 0;
        BytesRead = 0;
    }

    private Batch<T> RentRows()
    {
        Batch<T> rows = Batch<T>.Rent();
        if (_holdsOneRow)
        {
            rows.LimitToOneRow();
        }

        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAddAt(in T row, EventTime recordTime, long offset, long position)
    {
        RecordsRead++;
        _position = position;
        EventTime time = _eventTime is null ? recordTime : _eventTime(row);
        if (time < Earliest || time > Latest)
        {
            return false;
        }

        if (position != _next)
        {
            BeginEven(position);
        }

        _next = position + _step;
        _rows.Add(row, time);
        if (time > _maxTime)
        {
            _maxTime = time;
        }

        _lastOffset = offset;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginEven(long position)
    {
        if (_next != None && _rows.Count == _evenStart + 1)
        {
            // The first two records set the distance.
            _step = position - _first;
            return;
        }

        EndEven();
        (_evenStart, _first, _step) = (_rows.Count, position, 1);
    }

    private void EndEven()
    {
        if (_next != None)
        {
            _rows.Origin.Add(new OriginRun("", _split, _rows.Count - _evenStart, _first, _next - _step, _areLines));
            _next = None;
        }
    }

    private void BeginRun(int split) =>
        (_split, _runStart, _maxTime, _lastOffset, _hasPassed) = (split, _rows.Count, EventTime.MinValue, -1, false);

    private void CloseRun()
    {
        EndEven();
        int rows = _rows.Count - _runStart;
        if (rows > 0 || _lastOffset >= 0 || _hasPassed)
        {
            _runs.Add(new SplitRun(_split, rows, _maxTime, _lastOffset));
        }
    }
}
