using QueryStream.Core.Time;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Samples.FraudDetection;

/// <summary>
/// Emits an alert for a small payment that is soon followed by a large one, since thieves often test a card with a small payment.
/// </summary>
public sealed class FraudDetector(FraudDetectionSettings settings) : KeyedProcessFunction<int, Payment, Alert>
{
    private ValueState<decimal> _probe = null!;
    private ValueState<EventTime> _forgetAt = null!;

    /// <inheritdoc/>
    public override void Open(KeyedStateContext state)
    {
        // One state per card. Snapshots contain it, and it moves with its card when the parallelism changes.
        _probe = state.Value<decimal>("probe");
        _forgetAt = state.Value<EventTime>("forget-at");
    }

    /// <inheritdoc/>
    public override void Process(in Payment row, KeyedContext<int, Alert> context)
    {
        if (_probe.HasValue)
        {
            // Compare event times: the timer fires with the watermark, possibly after later payments were processed.
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
