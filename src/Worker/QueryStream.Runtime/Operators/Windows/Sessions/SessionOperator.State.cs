using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <content>The state in snapshots: an item a session, and how far time has passed.</content>
internal sealed partial class SessionOperator<T, TKey, TAccumulator, TOut>
{
    public override void Capture(StateCapture capture)
    {
        CaptureWatermark(capture);
        capture.Keyed("sessions", EncodedItems.Of(Items()));
    }

    private IEnumerable<(ulong, (TKey, Window, bool, bool, TAccumulator))> Items()
    {
        foreach (int session in _sessions.All)
        {
            SessionInfo info = _sessions[session];
            yield return (
                _sessions.HashOf(session),
                (_sessions.KeyOf(session), new Window(info.Start, info.End), info.HasGiven, info.HasChanged, _sessions.Accumulators[session]));
        }
    }

    public override void Restore(StateReader state)
    {
        // In processing time each subtask had a clock of its own; there, what is in the state has not given its result.
        if (Clock is null)
        {
            Advance(RestoredWatermark(state));
        }

        foreach ((TKey key, Window window, bool hasGiven, bool hasChanged, TAccumulator accumulator) in
            state.Keyed<(TKey, Window, bool, bool, TAccumulator)>("sessions"))
        {
            int slot = _sessions.FindOrAddKey(key, KeyType.Hash(key));
            int session = _sessions.Add(slot, _sessions.FirstEndingAfter(slot, window.Start), window.Start, window.End);
            _sessions.Accumulators[session] = accumulator;
            _sessions[session].HasGiven = hasGiven;
            if (hasChanged)
            {
                NoteChanged(session);
            }

            SetAlarm(session);
        }

        Context.OnRun.Add(ArmClock);
    }
}
