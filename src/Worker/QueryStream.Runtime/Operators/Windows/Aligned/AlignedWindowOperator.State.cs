using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <content>
/// The state in snapshots: an item a key and slice, and how far time has passed, which says which windows have fired. In processing
/// time each subtask has its own clock, so there that is said by key group.
/// </content>
internal sealed partial class AlignedWindowOperator<T, TKey, TAccumulator, TOut>
{
    private const string SlicesState = "slices";
    private const string PassedState = "passed";

    public override void Capture(StateCapture capture)
    {
        CaptureWatermark(capture);
        IEnumerable<SliceTable<TKey, TAccumulator>> tables = _slices.Capture(capture);
        capture.Keyed(SlicesState, Items(tables));
        if (Clock is not null)
        {
            capture.Keyed(PassedState, PassedItems(tables, Watermark, Context.Deployment.Graph.KeyGroups));
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
            int group = slice.Table.FindOrAdd(item.Key, hash);
            slice.Table.Accumulators.Set(group, KeptValue<TAccumulator>.Of(item.Accumulator));
            if (item.HasChanged && Settings.EarlyInterval is not null && slice.MarkChanged(group))
            {
                _changed.Add(slice);
            }

            if (passed.TryGetValue(GroupOf(hash), out EventTime before) && before < Watermark && slice.MarkLate(group, isNew: true))
            {
                _changedLate.Add(slice);
                behind = EventTime.Min(behind, before);
            }
        }).ConfigureAwait(false);

        CatchUp(behind);
        Context.Timers.OnRun(ArmClock);
    }

    private static IEnumerable<(ulong, (TKey, EventTime, bool, TAccumulator))> Items(IEnumerable<SliceTable<TKey, TAccumulator>> tables)
    {
        foreach (SliceTable<TKey, TAccumulator> table in tables)
        {
            for (int group = 0; group < table.Keys.Count; group++)
            {
                bool hasChanged = (table.FlagsOf(group) & SliceFlags.Changed) != 0;
                yield return (table.Keys.HashOf(group), (table.Keys.KeyOf(group), table.End, hasChanged, table.Accumulators[group]));
            }
        }
    }

    // One item for each key group that has keys.
    private static IEnumerable<(ulong, (int, EventTime))> PassedItems(
        IEnumerable<SliceTable<TKey, TAccumulator>> tables, EventTime passed, int keyGroups)
    {
        HashSet<int> groups = [];
        foreach (SliceTable<TKey, TAccumulator> table in tables)
        {
            for (int slot = 0; slot < table.Keys.Count; slot++)
            {
                ulong hash = table.Keys.HashOf(slot);
                int group = KeyGroup.Of(hash, keyGroups).Number;
                if (groups.Add(group))
                {
                    yield return (hash, (group, passed));
                }
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

    // The clock of one of the subtasks that had the state was behind that of another: its windows fire now.
    private void CatchUp(EventTime behind)
    {
        if (behind < Watermark)
        {
            _lateAfter = behind.Add(1);
            RequestLate();
        }
    }
}
