using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Windows;

/// <summary>The default trigger of windows that time closes: fires when the window closes, at each early interval, and for each late row.</summary>
/// <param name="settings">The windows.</param>
internal sealed class CloseTrigger<T>(WindowSettings settings) : Trigger<T>
{
    private readonly long _interval = settings.EarlyInterval is { } interval ? interval.Ticks / TimeSpan.TicksPerMillisecond : 0;

    public override TriggerResult OnRow(in T row, TriggerContext context)
    {
        if (!settings.IsProcessingTime)
        {
            if (context.Watermark >= context.Window.MaxTime)
            {
                return TriggerResult.Fire;
            }

            context.SetTimer(context.Window.MaxTime);
        }

        if (_interval > 0)
        {
            context.SetProcessingTimeTimer(new EventTime(((context.ProcessingTime.Milliseconds / _interval) + 1) * _interval));
        }

        return TriggerResult.Continue;
    }

    // In processing time this is called at the end of the input only.
    public override TriggerResult OnEventTime(EventTime time, TriggerContext context) =>
        settings.IsProcessingTime || time == context.Window.MaxTime ? TriggerResult.Fire : TriggerResult.Continue;

    // In event time the clock triggers early results only, and closed windows have none.
    public override TriggerResult OnProcessingTime(EventTime time, TriggerContext context) =>
        settings.IsProcessingTime || context.Watermark < context.Window.MaxTime ? TriggerResult.Fire : TriggerResult.Continue;
}

/// <summary>The default trigger of global windows: fires after a number of rows, and at the end of the input.</summary>
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

    // Called at the end of the input only.
    public override TriggerResult OnEventTime(EventTime time, TriggerContext context) => TriggerResult.FireAndPurge;
}
