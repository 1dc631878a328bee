using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>What windows do that have no trigger of their own: a result when they close, early ones where asked for, and again for each late row.</summary>
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
            context.SetClockTimer(new EventTime(((context.ProcessingTime.Milliseconds / _interval) + 1) * _interval));
        }

        return TriggerResult.Continue;
    }

    // In processing time only the end of the input comes here.
    public override TriggerResult OnEventTime(EventTime time, TriggerContext context) =>
        settings.IsProcessingTime || time == context.Window.MaxTime ? TriggerResult.Fire : TriggerResult.Continue;

    // Of the windows of event time the clock knows nothing but when early results are due; those that have closed have none.
    public override TriggerResult OnProcessingTime(EventTime time, TriggerContext context) =>
        settings.IsProcessingTime || context.Watermark < context.Window.MaxTime ? TriggerResult.Fire : TriggerResult.Continue;
}
