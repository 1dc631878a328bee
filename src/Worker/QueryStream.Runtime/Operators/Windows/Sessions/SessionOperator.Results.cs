using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <content>Emits the results of sessions, about a batch at a time.</content>
internal sealed partial class SessionOperator<T, TKey, TAccumulator, TOut>
{
    protected override EventTime? NextDue()
    {
        while (_alarms.TryPeek(out SessionReference next, out (EventTime Time, ulong Hash) alarm))
        {
            if (Counts(next, alarm.Time))
            {
                return alarm.Time.Add(1);
            }

            _alarms.Dequeue();
        }

        return null;
    }

    protected override bool EmitDue(EventTime reached)
    {
        Batch<WindowResult<TKey, TOut>>? batch = null;
        int alarms = 0;
        while (alarms < Batch.MaxRows && HasDue(reached) && _alarms.TryDequeue(out SessionReference next, out (EventTime Time, ulong Hash) alarm))
        {
            alarms++;
            OnAlarm(next.Session, alarm.Time, reached, ref batch);
        }

        _sessions.Release();
        if (batch is not null)
        {
            Send(batch);
        }

        return alarms > 0;
    }

    protected override bool EmitEarly() => EmitChanges(_changed, isFinal: false);

    protected override bool EmitLate() => EmitChanges(_late, isFinal: true);

    private void OnAlarm(int session, EventTime alarm, EventTime reached, ref Batch<WindowResult<TKey, TOut>>? batch)
    {
        ref SessionInfo info = ref _sessions.ForWrite(session);
        info.Alarm = EventTime.MaxValue;
        EventTime close = CloseOf(info.End);
        if (alarm < close)
        {
            // It has become longer since.
            SetAlarm(session, close);
            return;
        }

        if (alarm == close)
        {
            AddResult(batch ??= Batch<WindowResult<TKey, TOut>>.Rent(), session, isFinal: true);
        }

        if (IsTooLate(info.End, reached))
        {
            _sessions.Remove(session);
        }
        else
        {
            SetAlarm(session, info.End.Add(Settings.Lateness - 1));
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
            if (_sessions.IsThere(reference))
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

    private bool Counts(SessionReference reference, EventTime alarm) => _sessions.IsThere(reference) && _sessions[reference.Session].Alarm == alarm;

    // When it closes; where it has closed, when it is dropped.
    private void SetAlarm(int session)
    {
        EventTime end = _sessions[session].End;
        SetAlarm(session, CloseOf(end) > Watermark ? CloseOf(end) : end.Add(Settings.Lateness - 1));
    }

    // An early alarm does no harm, so an alarm is only ever moved to an earlier time: mostly it is set once for all rows of a session.
    private void SetAlarm(int session, EventTime alarm)
    {
        if (alarm < _sessions[session].Alarm)
        {
            _sessions.ForWrite(session).Alarm = alarm;
            _alarms.Enqueue(_sessions.ReferenceTo(session), (alarm, _sessions.HashOf(session)));
        }
    }
}
