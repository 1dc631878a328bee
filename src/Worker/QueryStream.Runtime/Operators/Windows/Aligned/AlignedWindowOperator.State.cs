using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <content>
/// The state in snapshots: an item a key and slice, and how far time has passed, which says which windows have given their results. In processing
/// time each subtask has its own clock, so there that is said by key group.
/// </content>
internal sealed partial class AlignedWindowOperator<T, TKey, TAccumulator, TOut>
{
    private const string SlicesState = "slices";
    private const string PassedState = "passed";

    public override void Capture(StateCapture capture)
    {
        CaptureWatermark(capture);
        capture.Keyed(SlicesState, EncodedItems.Of(Items()));
        if (Clock is not null)
        {
            HashSet<int> groups = [];
            IEnumerable<ulong> hashes = Items().Select(item => item.Hash).Where(hash => groups.Add(GroupOf(hash)));
            capture.Keyed(PassedState, EncodedItems.Of(hashes.Select(hash => (hash, (GroupOf(hash), Watermark)))));
        }
    }

    private IEnumerable<(ulong Hash, (TKey, EventTime, bool, TAccumulator))> Items()
    {
        for (int i = 0; i < _slices.Count; i++)
        {
            Slice<TKey, TAccumulator> slice = _slices[i];
            for (int group = 0; group < slice.Groups.Count; group++)
            {
                yield return (slice.Groups.Hashes[group], (slice.Groups.Keys[group], slice.End, slice.HasChanged(group), slice.Accumulators[group]));
            }
        }
    }

    public override void Restore(StateReader state)
    {
        Dictionary<int, EventTime> passed = state.Keyed<(int Group, EventTime Passed)>(PassedState).ToDictionary(item => item.Group, item => item.Passed);
        Advance(Clock is null ? RestoredWatermark(state) : passed.Values.Aggregate(EventTime.MinValue, EventTime.Max));
        EventTime behind = Watermark;
        foreach ((TKey key, EventTime end, bool hasChanged, TAccumulator accumulator) in state.Keyed<(TKey, EventTime, bool, TAccumulator)>(SlicesState))
        {
            ulong hash = KeyType.Hash(key);
            Slice<TKey, TAccumulator> slice = RestoredSlice(end);
            int group = slice.FindOrAdd(key, hash);
            slice.Accumulators[group] = accumulator;
            if (hasChanged && Settings.EarlyInterval is not null && slice.MarkChanged(group))
            {
                _changed.Add(slice);
            }

            if (passed.TryGetValue(GroupOf(hash), out EventTime before) && before < Watermark && slice.MarkLate(group, isNew: true))
            {
                _changedLate.Add(slice);
                behind = EventTime.Min(behind, before);
            }
        }

        CatchUp(behind);
        Context.OnRun.Add(ArmClock);
    }

    private int GroupOf(ulong hash) => KeyGroup.Of(hash, Context.Deployment.Graph.KeyGroups).Number;

    private Slice<TKey, TAccumulator> RestoredSlice(EventTime end)
    {
        if (_slices.SpanOf(end.Add(-1)).End != end)
        {
            throw new StateRestoreException(
                $"State '{SlicesState}' of operator '{Name}' cannot be restored: it has a slice that ends at {end}, where none of its windows ({Settings}) starts or ends. "
                + "The sizes and offsets of windows can only be changed together with the operator's name.");
        }

        return _slices.At(end);
    }

    // The clock of one of the subtasks that had the state was behind that of another: its windows are given now.
    private void CatchUp(EventTime behind)
    {
        if (behind < Watermark)
        {
            _lateAfter = behind.Add(1);
            DemandLate();
        }
    }
}
