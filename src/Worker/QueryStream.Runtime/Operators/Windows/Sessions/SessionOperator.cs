using QueryStream.Core.Time;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>
/// Sessions: a row opens a session, extends one, or merges two. A session closes when time passes its end. Each session has one timer, which is set
/// again only when it is due, however often the session was extended.
/// </summary>
internal sealed partial class SessionOperator<T, TKey, TAccumulator, TOut> : TimedWindowOperator<T, TKey, TOut>
    where TAccumulator : struct
{
    // The smallest and the largest time are not times of rows: adding to them does not change them.
    private static readonly EventTime First = new(long.MinValue + 1);
    private static readonly EventTime Last = new(long.MaxValue - 1);

    private readonly WindowAggregation<T, TKey, TAccumulator, TOut> _aggregation;
    private readonly long _gap;

    // How long after the end of a session a row still belongs to it. In processing time the session has closed by then.
    private readonly long _reach;
    private readonly bool _hasEarly;
    private readonly SessionStore<TKey, TAccumulator> _sessions;
    private readonly PriorityQueue<SessionReference, TimerOrder> _timers = new();
    private readonly List<SessionReference> _changed = [];
    private readonly List<SessionReference> _late = [];
    private readonly int[] _slots = new int[Batch.MaxRows];
    private int _added;
    private int _emitted;

    // For errors: the session that is being merged or fires; -1 if there is none.
    private int _current = -1;

    /// <summary>Creates the operator.</summary>
    public SessionOperator(
        TaskContext context, WindowNode<T, TKey, TAccumulator, TOut> node, IInput<WindowResult<TKey, TOut>> results, IInput<T> late)
        : base(context, node, node.Aggregation.Settings, results, late)
    {
        _aggregation = node.Aggregation;
        _sessions = context.Environment.StateBackend.CreateSessionStore<TKey, TAccumulator>(accumulator => _aggregation.Aggregate.Fork(accumulator));
        _gap = ((Session)Settings.Windows[0]).GapMilliseconds;
        _reach = Clock is null ? 1 : 0;
        _hasEarly = Settings.EarlyInterval is not null;
    }

    protected override void Add(Batch<T> batch)
    {
        DetachKept<TAccumulator>(batch);
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        Batch<T>? late = null;
        EventTime now = Clock?.Now(Watermark) ?? default;
        _added = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            int session = SessionOf(rows, times, i, Clock is null ? times[i] : now);
            if (session < 0)
            {
                // Adds the rows before it, so that the rows of a run are consecutive.
                AddRows(rows, times, i);
                _added = i + 1;
                (late ??= Batch<T>.Rent()).Add(rows[i], times[i]);
            }
            else
            {
                _slots[i] = session;
            }
        }

        AddRows(rows, times, rows.Length);
        _sessions.Release();
        SendLate(late, batch);
    }

    protected override (Window Window, TKey Key)? FindWindow() =>
        _current < 0 ? null : (new Window(_sessions[_current].Start, _sessions[_current].End), _sessions.KeyOf(_current));

    protected override int FindFailedRow(Batch<T> batch) => FailedRow.Find(_aggregation, batch, CopyOf);

    protected override string? KeyTextOf(in T row) => RowText.OfKeyOf(row, _aggregation.Key);

    private TAccumulator? CopyOf(TKey key, ulong hash, EventTime time)
    {
        int slot = _sessions.FindOrAddKey(key, hash);
        int place = _sessions.FirstEndingAfter(slot, time);
        return place < _sessions.CountOf(slot) ? _aggregation.Aggregate.Copy(_sessions.AccumulatorOf(_sessions.SessionOf(slot, place))) : null;
    }

    // The session that a row belongs to, extended or merged if necessary; -1 if the row is too late.
    private int SessionOf(ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times, int row, EventTime time)
    {
        TKey key = _aggregation.Key(rows[row]);
        int slot = _sessions.FindOrAddKey(key, KeyType.HashOfRow(key));
        EventTime start = time;
        EventTime end = EventTime.Max(time, First).Add(_gap);
        EventTime limit = end.Add(_reach);
        int first = _sessions.FirstEndingAfter(slot, time.Add(-_reach));
        int last = first;
        for (; last < _sessions.CountOf(slot) && _sessions[_sessions.SessionOf(slot, last)].Start < limit; last++)
        {
            ref readonly SessionInfo met = ref _sessions[_sessions.SessionOf(slot, last)];
            (start, end) = (EventTime.Min(start, met.Start), EventTime.Max(end, met.End));
        }

        if (IsTooLate(end, Watermark))
        {
            _sessions.DropIfEmpty(slot);
            return -1;
        }

        int session;
        if (first == last)
        {
            session = _sessions.Add(slot, first, start, end);
        }
        else
        {
            session = _sessions.SessionOf(slot, first);
            MergeInto(session, slot, first + 1, last, rows, times, row);
            ref SessionInfo info = ref _sessions.ForWrite(session);
            (info.Start, info.End) = (start, end);
        }

        NoteChange(session);
        return session;
    }

    private void MergeInto(int session, int slot, int from, int to, ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times, int row)
    {
        if (from == to)
        {
            return;
        }

        // Earlier rows of this batch may belong to the sessions that are removed.
        AddRows(rows, times, row);
        _added = row;
        for (int place = to - 1; place >= from; place--)
        {
            int other = _sessions.SessionOf(slot, place);
            Merge(session, other);
            _sessions.ForWrite(session).HasFired |= _sessions[other].HasFired;
            _sessions.RemoveAt(slot, place);
        }
    }

    private void Merge(int session, int other)
    {
        _current = other;
        _aggregation.Aggregate.Merge(ref _sessions.AccumulatorForUpdate(session), ref _sessions.AccumulatorForUpdate(other));
        _current = -1;
    }

    private void AddRows(ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times, int end)
    {
        if (_added < end)
        {
            Range run = _added..end;
            _aggregation.Aggregate.AddBatch(_sessions.AccumulatorsForUpdate(_slots.AsSpan(run)), rows[run], times[run]);
            Counts.Absorbed += end - _added;
        }
    }

    private void NoteChange(int session)
    {
        // A closed session may be open again, and closes later than its last timer would fire.
        if (SetTimer(session))
        {
            NoteChanged(session);
        }
        else if (!_sessions[session].IsLate)
        {
            _sessions.ForWrite(session).IsLate = true;
            _late.Add(_sessions.ReferenceTo(session));
            if (_late.Count == 1)
            {
                RequestLate();
            }
        }
    }

    private void NoteChanged(int session)
    {
        if (_hasEarly && !_sessions[session].HasChanged)
        {
            _sessions.ForWrite(session).HasChanged = true;
            _changed.Add(_sessions.ReferenceTo(session));
        }
    }

    // The watermark that closes a session.
    private static EventTime CloseOf(EventTime end) => EventTime.Min(end.Add(-1), Last);

    private bool IsTooLate(EventTime end, EventTime watermark) => watermark >= end.Add(Settings.Lateness - 1);
}
