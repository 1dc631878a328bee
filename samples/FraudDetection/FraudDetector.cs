using QueryStream.Core.Time;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Samples.FraudDetection;

/// <summary>
/// Looks at the payments of one card after the other: a small one, with a large one soon after it, is what thieves do who try a card first.
/// </summary>
public sealed class FraudDetector(FraudDetectionSettings settings) : KeyedProcessFunction<int, Payment, Alert>
{
    private ValueState<decimal> _probe = null!;
    private ValueState<EventTime> _forgetAt = null!;

    /// <inheritdoc/>
    public override void Open(KeyedStateContext state)
    {
        // One of each for every card. They are in snapshots, and move with their cards where the parallelism changes.
        _probe = state.Value<decimal>("probe");
        _forgetAt = state.Value<EventTime>("forget-at");
    }

    /// <inheritdoc/>
    public override void Process(in Payment row, KeyedContext<int, Alert> context)
    {
        if (_probe.HasValue)
        {
            // The timer fires when no earlier payment can come any more, which may be after later ones have come: the times decide.
            if (row.Amount > settings.Large && context.Time <= _forgetAt.Value)
            {
                context.Emit(new Alert(row.Card, _probe.Value, row.Amount, row.At));
            }

            Forget(context);
        }

        if (row.Amount < settings.Small)
        {
            _probe.Value = row.Amount;
            _forgetAt.Value = context.Time.Add(settings.Within);
            context.SetTimer(_forgetAt.Value);
        }
    }

    /// <inheritdoc/>
    public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, Alert> context) => Forget(context);

    private void Forget(KeyedContext<int, Alert> context)
    {
        context.DeleteTimer(_forgetAt.Value);
        _probe.Clear();
        _forgetAt.Clear();
    }
}
