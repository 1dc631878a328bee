using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Windows;

/// <summary>What global windows do that have no trigger of their own: a result every so many rows, and at the end of the input.</summary>
internal sealed class CountTrigger<T>(Global windows) : Trigger<T>
{
    private ValueState<long> _rows = null!;

    public override void Open(KeyedStateContext state) => _rows = state.Value<long>("$count");

    public override TriggerResult OnRow(in T row, TriggerContext context)
    {
        if (++_rows.Value < windows.Rows)
        {
            return TriggerResult.Continue;
        }

        _rows.Value = 0;
        return windows.StartsAnew ? TriggerResult.FireAndPurge : TriggerResult.Fire;
    }

    // Only the end of the input comes here.
    public override TriggerResult OnEventTime(EventTime time, TriggerContext context) => TriggerResult.FireAndPurge;
}
