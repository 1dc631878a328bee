using System.Runtime.CompilerServices;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// What one poll of a source brings: rows, split by split, and what became known about the splits.
/// The engine makes the watermarks of the splits from it. Used in turns of one task.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SourceBatch<T>
{
    // No position of a record.
    private const long None = long.MinValue;

    private readonly Func<T, EventTime>? _eventTime;
    private readonly bool _holdsOneRow;
    private readonly List<SplitRun> _runs = [];
    private readonly List<SplitEnd> _ends = [];
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly List<string> _newSplits = [];
    private int _splits;
    private Batch<T> _rows = Batch<T>.Rent();

    // The current run: what is said of a row is kept in few fields, since they are written for each.
    private int _split = -1;
    private int _runStart;
    private EventTime _maxTime = EventTime.MinValue;
    private long _lastOffset = -1;
    private bool _hasPassed;

    // The rows since _evenStart come from records at even distances, the first of them at _first; _next is where the next one would be.
    private int _evenStart;
    private long _first;
    private long _step;
    private long _next = None;
    private bool _areLines;

    // The position of the record that is being decoded, or whose row was added last.
    private long _position = None;
    private bool _isDecoding;

    /// <summary>Creates the batch that one source task uses again and again.</summary>
    /// <param name="eventTime">Takes the event time from a row; null: the record's own time.</param>
    /// <param name="holdsOneRow">Whether it is full with one row, so that the watermark advances after each.</param>
    public SourceBatch(Func<T, EventTime>? eventTime, bool holdsOneRow = false)
    {
        _eventTime = eventTime;
        _holdsOneRow = holdsOneRow;
    }

    /// <summary>Whether no row fits any more; the reader returns then.</summary>
    public bool IsFull => _rows.IsFull || (_holdsOneRow && _rows.Count > 0);

    /// <summary>How many rows fit: all rows of one record must be in one batch. It may be more than 0 when the batch <see cref="IsFull"/>.</summary>
    public int Room => Batch.MaxRows - _rows.Count;

    /// <summary>The number of rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>Records that the reader has taken in, those that became dead letters included; a record of several rows counts as several.</summary>
    public long RecordsRead { get; private set; }

    /// <summary>The record for which code of the job is running; null where none is. For errors, after the code has thrown.</summary>
    public OriginRun? CurrentRecord => _isDecoding || IsTakingTime ? new OriginRun("", _split, 1, _position, _position, _areLines) : null;

    /// <summary>Whether that code takes the event time from a row.</summary>
    /// <remarks>A record that is counted, but is neither a row nor a dead letter, is the one whose event time is being taken.</remarks>
    public bool IsTakingTime => !_isDecoding && _position != None && RecordsRead > _rows.Count + _deadLetters.Count;

    /// <summary>Event times before this are refused. Set by the engine before each poll.</summary>
    public EventTime Earliest { get; set; } = EventTime.MinValue;

    /// <summary>Event times after this are refused. Set by the engine before each poll.</summary>
    public EventTime Latest { get; set; } = EventTime.MaxValue;

    /// <summary>Rows and offsets by split, in order of arrival.</summary>
    public IReadOnlyList<SplitRun> Runs => _runs;

    /// <summary>What became known of splits in this poll.</summary>
    public IReadOnlyList<SplitEnd> Ends => _ends;

    /// <summary>Records that could not become rows.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>Splits that the subtask has got since it was opened, in this poll.</summary>
    public IReadOnlyList<string> NewSplits => _newSplits;

    /// <summary>How many splits the reader was opened with. Called by the engine, once.</summary>
    public void Open(int splits) => _splits = splits;

    /// <summary>
    /// The subtask has one more split: a file, a partition. Its name is in snapshots from now on, and in
    /// <see cref="SourceContext.Restored"/> after a restore.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its index, which goes on from those of the splits that the reader was opened with.</returns>
    public int AddSplit(string name)
    {
        _newSplits.Add(name);
        return _splits++;
    }

    /// <summary>Says which split the records that follow come from.</summary>
    /// <param name="split">The index in the list that the reader returned when it was opened, or what <see cref="AddSplit"/> returned.</param>
    public void BeginSplit(int split)
    {
        if (split == _split)
        {
            // The same run goes on: a batch of one run knows the offsets of its rows.
            return;
        }

        CloseRun();
        BeginRun(split);
    }

    /// <summary>Adds a row of the current split. The batch must not be full.</summary>
    /// <param name="row">The row.</param>
    /// <param name="recordTime">The record's own time, used where the job takes none from the row.</param>
    /// <param name="offset">The record's position in its split.</param>
    /// <returns>False if its event time is out of range: the record then has to become a dead letter.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(in T row, EventTime recordTime, long offset) => TryAddAt(row, recordTime, offset, offset);

    /// <summary>As <see cref="TryAdd(in T, EventTime, long)"/>, of a line of a file: in errors people find it by that.</summary>
    /// <param name="row">The row.</param>
    /// <param name="recordTime">The record's own time, used where the job takes none from the row.</param>
    /// <param name="offset">The record's position in its split.</param>
    /// <param name="line">Its first line, from 1.</param>
    /// <returns>As there.</returns>
    public bool TryAddLine(in T row, EventTime recordTime, long offset, long line)
    {
        _areLines = true;
        return TryAddAt(row, recordTime, offset, line);
    }

    /// <summary>
    /// Code of the job, such as a decoder, is going to run for a record of the current split: the error of a record for which it throws names the
    /// record. It ends with the record's row, its dead letter, or <see cref="Pass"/>.
    /// </summary>
    /// <param name="offset">The record's position in its split.</param>
    public void BeginRecord(long offset)
    {
        _position = offset;
        _isDecoding = true;
    }

    /// <summary>As <see cref="BeginRecord"/>, of a line of a file: the error names the line.</summary>
    /// <param name="line">The record's first line, from 1.</param>
    public void BeginLine(long line)
    {
        _areLines = true;
        BeginRecord(line);
    }

    /// <summary>Adds a record that could not become a row; it must not have been counted by <see cref="TryAdd"/>, or that have refused it.</summary>
    /// <param name="letter">The record and the reason.</param>
    /// <param name="refusedByTime">Whether <see cref="TryAdd"/> saw the record before.</param>
    public void AddDeadLetter(DeadLetter letter, bool refusedByTime = false)
    {
        RecordsRead += refusedByTime ? 0 : 1;
        _deadLetters.Add(letter);
        _lastOffset = letter.Offset;
        _isDecoding = false;
    }

    /// <summary>
    /// The current split was read up to that position, or is not wanted up to there, although no record was added: the position goes into snapshots.
    /// A reader whose settings could make a split begin elsewhere in the next attempt passes, in its first poll, the position before its beginning,
    /// so that a split without records keeps that beginning.
    /// </summary>
    /// <param name="offset">The position; -1 for what comes before the first record of all.</param>
    public void Pass(long offset) => (_lastOffset, _hasPassed, _isDecoding) = (offset, true, false);

    /// <summary>The split was read to its end on a healthy connection at that time of the clock; repeated while the silence goes on.</summary>
    public void ConfirmEnd(int split, EventTime at) => _ends.Add(new SplitEnd(split, at, IsFinal: false));

    /// <summary>The split has ended for good.</summary>
    public void EndSplit(int split) => _ends.Add(new SplitEnd(split, EventTime.MaxValue, IsFinal: true));

    /// <summary>Hands over the rows and starts a new batch; the caller holds what it gets. Called by the engine.</summary>
    /// <param name="splits">The names of the splits, for errors; null where nobody needs them.</param>
    public Batch<T> TakeRows(IReadOnlyList<string>? splits = null)
    {
        Batch<T> rows = _rows;
        if (splits is not null)
        {
            rows.Origin.Name(splits);
        }

        _rows = Batch<T>.Rent();
        _position = None;
        return rows;
    }

    /// <summary>Gives back what was not handed over; called by the engine when no poll follows.</summary>
    public void Drop() => _rows.Release();

    /// <summary>Closes the current run; called by the engine after the poll.</summary>
    public void Complete()
    {
        _isDecoding = false;
        CloseRun();
    }

    /// <summary>Forgets runs, ends and dead letters; called by the engine before the next poll.</summary>
    public void Reset()
    {
        _runs.Clear();
        _ends.Clear();
        _newSplits.Clear();
        _deadLetters.Clear();
        BeginRun(-1);
        RecordsRead = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAddAt(in T row, EventTime recordTime, long offset, long position)
    {
        RecordsRead++;
        _position = position;
        _isDecoding = false;
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
            // The first two say how far apart the records are.
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
