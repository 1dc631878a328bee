using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <content>The state in snapshots: an item for each session, and the watermark.</content>
internal sealed partial class SessionOperator<T, TKey, TAccumulator, TOut>
{
    public override void Capture(StateCapture capture)
    {
        CaptureWatermark(capture);
        capture.Keyed("sessions", _sessions.Capture(capture).Select(static one =>
            (one.Hash, (one.Key, new Window(one.Session.Start, one.Session.End), one.Session.HasFired, one.Session.HasChanged, one.Accumulator))));
    }

    public override async Task RestoreAsync(StateReader state)
    {
        // In processing time each subtask had a clock of its own, and sessions in the state have not fired.
        if (Clock is null)
        {
            Advance(await RestoredWatermarkAsync(state).ConfigureAwait(false));
        }

        await state.KeyedAsync<(TKey Key, Window Window, bool HasFired, bool HasChanged, TAccumulator Accumulator)>("sessions", item =>
        {
            int slot = _sessions.FindOrAddKey(item.Key, KeyType.Hash(item.Key));
            int session = _sessions.Add(slot, _sessions.FirstEndingAfter(slot, item.Window.Start), item.Window.Start, item.Window.End);
            _sessions.SetAccumulator(session, KeptValue<TAccumulator>.Of(item.Accumulator));
            _sessions.ForWrite(session).HasFired = item.HasFired;
            if (item.HasChanged)
            {
                NoteChanged(session);
            }

            SetTimer(session);
            _sessions.Release();
        }).ConfigureAwait(false);

        Context.Timers.OnRun(ArmClock);
    }
}
