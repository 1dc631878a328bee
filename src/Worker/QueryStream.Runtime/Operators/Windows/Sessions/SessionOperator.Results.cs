using QueryStream.Core.Time;
using QueryStream.Runtime.State;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <content>Emits the results of sessions, about a batch at a time.</content>
internal sealed partial class SessionOperator<T, TKey, TAccumulator, TOut>
{
    protected override EventTime? NextDue()
    {
        while (_timers.TryPeek(out SessionReference next, out TimerOrder timer))
        {
            if (IsCurrent(next, timer.Time))
            {
                return timer.Time.Add(1);
            }

            _timers.Dequeue();
        }

        return null;
    }

    protected override bool EmitDue(EventTime reached)
    {
        Batch<WindowResult<TKey, TOut>>? batch = null;
        int fired = 0;
        while (fired < Batch.MaxRows && TryTakeDue(reached, out int session, out EventTime timer))
        {
            fired++;
            OnTimer(session, timer, reached, ref batch);
        }

        _sessions.Release();
        if (batch is not null)
        {
            Send(batch);
        }

        return fired > 0;
    }

    protected override bool EmitEarly() => EmitChanges(_changed, isFinal: false);

    protected override bool EmitLate() => EmitChanges(_late, isFinal: true);

    // Like HasDue, and takes the timer, so that it is handled once.
    private bool TryTakeDue(EventTime reached, out int session, out EventTime time)
    {
        while (reached > Watermark && _timers.TryPeek(out SessionReference next, out TimerOrder timer))
        {
            bool isCurrent = IsCurrent(next, timer.Time);
            if (isCurrent && timer.Time > reached)
            {
                break;
            }

            _timers.Dequeue();
            if (isCurrent)
            {
                (session, time) = (next.Session, timer.Time);
                return true;
            }
        }

        (session, time) = (-1, default);
        return false;
    }

    private void OnTimer(int session, EventTime timer, EventTime reached, ref Batch<WindowResult<TKey, TOut>>? batch)
    {
        ref SessionInfo info = ref _sessions.ForWrite(session);
        info.Timer = EventTime.MaxValue;
        EventTime close = CloseOf(info.End);
        if (timer < close)
        {
            // The session was extended after its timer was set.
            SetTimer(session, close);
            return;
        }

        if (timer == close)
        {
            AddResult(batch ??= Batch<WindowResult<TKey, TOut>>.Rent(), session, isFinal: true);
        }

        if (IsTooLate(info.End, reached))
        {
            _sessions.Remove(session);
        }
        else
        {
            SetTimer(session, info.End.Add(Settings.Lateness - 1));
        }
    }

    private bool EmitChanges(List<SessionReference> references, bool isFinal)
    {
        if (_emitted == references.Count)
        {
            references.Clear();
            _emitted = 0;
            return false;
        }

        Batch<WindowResult<TKey, TOut>> batch = Batch<WindowResult<TKey, TOut>>.Rent();
        int end = Math.Min(references.Count, _emitted + Batch.MaxRows);
        for (; _emitted < end; _emitted++)
        {
            SessionReference reference = references[_emitted];
            if (_sessions.IsInUse(reference))
            {
                AddOf(batch, reference.Session, isFinal);
            }
        }

        _sessions.Release();
        Send(batch);
        return true;
    }

    // A session that has closed since it changed has fired; one that was late may be open again.
    private void AddOf(Batch<WindowResult<TKey, TOut>> batch, int session, bool isFinal)
    {
        ref SessionInfo info = ref _sessions.ForWrite(session);
        (info.IsLate, info.HasChanged) = isFinal ? (false, info.HasChanged) : (info.IsLate, false);
        if (CloseOf(info.End) <= Watermark == isFinal)
        {
            AddResult(batch, session, isFinal);
        }
    }

    private void AddResult(Batch<WindowResult<TKey, TOut>> batch, int session, bool isFinal)
    {
        ref SessionInfo info = ref _sessions.ForWrite(session);
        Pane pane = !isFinal ? Pane.Early : info.HasFired ? Pane.Update : Pane.OnTime;
        info.HasFired |= isFinal;
        Window window = new(info.Start, info.End);
        _current = session;
        TOut value = _aggregation.Aggregate.Result(ref _sessions.AccumulatorForUpdate(session), isFinal);
        _current = -1;
        batch.Add(new WindowResult<TKey, TOut>(_sessions.KeyOf(session), window, pane, value), window.MaxTime);
    }

    private bool IsCurrent(SessionReference reference, EventTime timer) =>
        _sessions.IsInUse(reference) && _sessions[reference.Session].Timer == timer;

    // Sets it for the session's close or, if it has closed, for its removal. Returns whether it is open.
    private bool SetTimer(int session)
    {
        EventTime end = _sessions[session].End;
        EventTime close = CloseOf(end);
        bool isOpen = close > Watermark;
        SetTimer(session, isOpen ? close : end.Add(Settings.Lateness - 1));
        return isOpen;
    }

    // A timer that fires early does no harm, so timers only move to earlier times: usually a session sets one timer for all of its rows.
    private void SetTimer(int session, EventTime timer)
    {
        if (timer < _sessions[session].Timer)
        {
            _sessions.ForWrite(session).Timer = timer;
            _timers.Enqueue(_sessions.ReferenceTo(session), new TimerOrder(timer, _sessions.HashOf(session)));
        }
    }
}
