using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <content>
/// The state in snapshots: an item for each key and slice, and the watermark, which says which windows have fired. In processing time each subtask
/// has its own clock, so the time that has passed is kept for each key group.
/// </content>
internal sealed partial class AlignedWindowOperator<T, TKey, TAccumulator, TOut>
{
    private const string SlicesState = "slices";
    private const string PassedState = "passed";

    public override void Capture(StateCapture capture)
    {
        CaptureWatermark(capture);
        IEnumerable<(ulong Hash, (TKey Key, EventTime End, bool HasChanged, TAccumulator Accumulator) Item)> items = _slices.Capture(capture);
        capture.Keyed(SlicesState, items);
        if (Clock is not null)
        {
            capture.Keyed(PassedState, PassedItems(items.Select(static item => item.Hash), Watermark, Context.Deployment.Graph.KeyGroups));
        }
    }

    public override async Task RestoreAsync(StateReader state)
    {
        Dictionary<int, EventTime> passed = [];
        await state.KeyedAsync<(int Group, EventTime Passed)>(PassedState, item => passed.Add(item.Group, item.Passed)).ConfigureAwait(false);
        Advance(Clock is null
            ? await RestoredWatermarkAsync(state).ConfigureAwait(false)
            : passed.Values.Aggregate(EventTime.MinValue, EventTime.Max));
        EventTime behind = Watermark;
        await state.KeyedAsync<(TKey Key, EventTime End, bool HasChanged, TAccumulator Accumulator)>(SlicesState, item =>
        {
            ulong hash = KeyType.Hash(item.Key);
            Slice<TKey, TAccumulator> slice = RestoredSlice(item.End);
            int slot = slice.Table.FindOrAdd(item.Key, hash);
            slice.Table.Accumulators.Set(slot, KeptValue<TAccumulator>.Of(item.Accumulator));
            if (item.HasChanged && Settings.EarlyInterval is not null && slice.MarkChanged(slot))
            {
                _changed.Add(slice);
            }

            if (passed.TryGetValue(GroupOf(hash), out EventTime before) && before < Watermark && slice.MarkLate(slot, isNew: true))
            {
                _changedLate.Add(slice);
                behind = EventTime.Min(behind, before);
            }

            _slices.Release();
        }).ConfigureAwait(false);

        CatchUp(behind);
        Context.Timers.OnRun(ArmClock);
    }

    // One item for each key group that has keys.
    private static IEnumerable<(ulong, (int, EventTime))> PassedItems(IEnumerable<ulong> hashes, EventTime passed, int keyGroups)
    {
        HashSet<int> groups = [];
        foreach (ulong hash in hashes)
        {
            int group = KeyGroup.Of(hash, keyGroups).Number;
            if (groups.Add(group))
            {
                yield return (hash, (group, passed));
            }
        }
    }

    private int GroupOf(ulong hash) => KeyGroup.Of(hash, Context.Deployment.Graph.KeyGroups).Number;

    private Slice<TKey, TAccumulator> RestoredSlice(EventTime end)
    {
        if (_slices.SpanOf(end.Add(-1)).End != end)
        {
            throw new StateRestoreException(
                $"State '{SlicesState}' of operator '{Name}' cannot be restored: it has a slice that ends at {end}, "
                + $"where none of its windows ({Settings}) starts or ends. "
                + "The sizes and offsets of windows can only be changed together with the operator's name.");
        }

        return _slices.At(end);
    }

    // The clock of one former subtask was behind that of another: its windows fire now.
    private void CatchUp(EventTime behind)
    {
        if (behind < Watermark)
        {
            _lateAfter = behind.Add(1);
            RequestLate();
        }
    }
}
