using System.Runtime.CompilerServices;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// What one poll of a source brings: rows, split by split, and what became known about the splits.
/// The engine reads off it the watermarks, which are kept per split. Used in turns of one task.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SourceBatch<T>
{
    private static readonly SplitRun NoRun = new(-1, 0, EventTime.MinValue, -1);

    private readonly Func<T, EventTime>? _eventTime;
    private readonly List<SplitRun> _runs = [];
    private readonly List<SplitEnd> _ends = [];
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly List<string> _newSplits = [];
    private int _splits;
    private Batch<T> _rows = Batch<T>.Rent();
    private SplitRun _run = NoRun;
    private bool _hasPassed;

    /// <summary>Creates the batch that one source task uses again and again.</summary>
    /// <param name="eventTime">Takes the event time from a row; null: the record's own time.</param>
    public SourceBatch(Func<T, EventTime>? eventTime) => _eventTime = eventTime;

    /// <summary>Whether no row fits any more; the reader returns then.</summary>
    public bool IsFull => _rows.IsFull;

    /// <summary>The number of rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>Records that the reader has taken in, those that became dead letters included.</summary>
    public long RecordsRead { get; private set; }

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
    /// The subtask has one more split: a file, a partition. Its name is in snapshots from now on; who restores one has it in
    /// <see cref="SourceContext.Restored"/>, however it was found.
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
        if (split == _run.Split)
        {
            // The same run goes on: a batch of one run knows the offsets of its rows.
            return;
        }

        CloseRun();
        (_run, _hasPassed) = (NoRun with { Split = split }, false);
    }

    /// <summary>Adds a row of the current split. The batch must not be full.</summary>
    /// <param name="row">The row.</param>
    /// <param name="recordTime">The record's own time, used where the job takes none from the row.</param>
    /// <param name="offset">The record's position in its split.</param>
    /// <returns>False if its event time is out of range: the record then has to become a dead letter.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(in T row, EventTime recordTime, long offset)
    {
        RecordsRead++;
        EventTime time = _eventTime is null ? recordTime : _eventTime(row);
        if (time < Earliest || time > Latest)
        {
            return false;
        }

        _rows.Add(row, time);
        _run = new SplitRun(_run.Split, _run.Rows + 1, EventTime.Max(_run.MaxTime, time), offset)
        {
            FirstOffset = _run.Rows == 0 ? offset : _run.FirstOffset,
        };
        return true;
    }

    /// <summary>Adds a record that could not become a row; it must not have been counted by <see cref="TryAdd"/>, or that have refused it.</summary>
    /// <param name="letter">The record and the reason.</param>
    /// <param name="refusedByTime">Whether <see cref="TryAdd"/> saw the record before.</param>
    public void AddDeadLetter(DeadLetter letter, bool refusedByTime = false)
    {
        RecordsRead += refusedByTime ? 0 : 1;
        _deadLetters.Add(letter);
        _run = _run with { LastOffset = letter.Offset };
    }

    /// <summary>
    /// All of the current split up to that position was read, or is not wanted, although there was no record to tell of: a snapshot holds it all the
    /// same. A reader whose settings may begin a split elsewhere when it is opened again says in its first poll what comes before the beginning: then
    /// a split that brings nothing until the snapshot goes on from there.
    /// </summary>
    /// <param name="offset">The position; -1 for what comes before the first record of all.</param>
    public void Pass(long offset) => (_run, _hasPassed) = (_run with { LastOffset = offset }, true);

    /// <summary>The split was read to its end on a healthy connection at that time of the clock; repeated while the silence goes on.</summary>
    public void ConfirmEnd(int split, EventTime at) => _ends.Add(new SplitEnd(split, at, IsFinal: false));

    /// <summary>The split has ended for good.</summary>
    public void EndSplit(int split) => _ends.Add(new SplitEnd(split, EventTime.MaxValue, IsFinal: true));

    /// <summary>Hands over the rows and starts a new batch; the caller holds what it gets. Called by the engine.</summary>
    public Batch<T> TakeRows()
    {
        Batch<T> rows = _rows;
        _rows = Batch<T>.Rent();
        return rows;
    }

    /// <summary>Gives back what was not handed over; called by the engine when no poll follows.</summary>
    public void Drop() => _rows.Release();

    /// <summary>Closes the current run; called by the engine after the poll.</summary>
    public void Complete() => CloseRun();

    /// <summary>Forgets runs, ends and dead letters; called by the engine before the next poll.</summary>
    public void Reset()
    {
        _runs.Clear();
        _ends.Clear();
        _newSplits.Clear();
        _deadLetters.Clear();
        (_run, _hasPassed) = (NoRun, false);
        RecordsRead = 0;
    }

    private void CloseRun()
    {
        if (_run.Rows > 0 || _run.LastOffset >= 0 || _hasPassed)
        {
            _runs.Add(_run);
        }
    }
}
