using QueryStream.Core.Time;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Windows.Rows;

/// <summary>Fires at every second row, two seconds of the clock after the first one, and when the window closes; then purges.</summary>
internal sealed class EveryOther : Trigger<Sale>
{
    private ValueState<int> _rows = null!;

    public override void Open(KeyedStateContext state) => _rows = state.Value<int>("rows");

    public override TriggerResult OnRow(in Sale row, TriggerContext context)
    {
        _rows.Value++;
        context.SetTimer(context.Window.MaxTime);
        if (_rows.Value == 1)
        {
            context.SetClockTimer(context.ProcessingTime.Add(2_000));
        }

        return _rows.Value % 2 == 0 ? TriggerResult.Fire : TriggerResult.Continue;
    }

    public override TriggerResult OnEventTime(EventTime time, TriggerContext context) =>
        time == context.Window.MaxTime ? TriggerResult.FireAndPurge : TriggerResult.Continue;

    public override TriggerResult OnProcessingTime(EventTime time, TriggerContext context) => TriggerResult.Fire;
}
