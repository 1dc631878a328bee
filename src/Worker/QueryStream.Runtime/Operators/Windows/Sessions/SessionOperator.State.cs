using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <content>The state in snapshots: an item a session, and how far time has passed.</content>
internal sealed partial class SessionOperator<T, TKey, TAccumulator, TOut>
{
    public override void Capture(StateCapture capture)
    {
        CaptureWatermark(capture);
        capture.Keyed("sessions", _sessions.Capture(capture).Select(static one =>
            (one.Hash, (one.Key, new Window(one.Session.Start, one.Session.End), one.Session.HasFired, one.Session.HasChanged, one.Accumulator))));
    }

    public override void Restore(StateReader state)
    {
        // In processing time each subtask had a clock of its own, and sessions in the state have not fired.
        if (Clock is null)
        {
            Advance(RestoredWatermark(state));
        }

        foreach ((TKey key, Window window, bool hasFired, bool hasChanged, TAccumulator accumulator) in
            state.Keyed<(TKey, Window, bool, bool, TAccumulator)>("sessions"))
        {
            int slot = _sessions.FindOrAddKey(key, KeyType.Hash(key));
            int session = _sessions.Add(slot, _sessions.FirstEndingAfter(slot, window.Start), window.Start, window.End);
            _sessions.Accumulators.Set(session, accumulator);
            _sessions.ForWrite(session).HasFired = hasFired;
            if (hasChanged)
            {
                NoteChanged(session);
            }

            SetAlarm(session);
        }

        Context.Timers.OnRun(ArmClock);
    }
}
