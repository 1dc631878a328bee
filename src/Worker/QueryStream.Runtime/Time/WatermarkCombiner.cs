using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Time;

/// <summary>
/// Combines the control elements of several inputs into one sequence. The watermark is the minimum over the active inputs and never goes back; inputs
/// that are idle or have ended are not part of the minimum. A barrier is forwarded when it is aligned, see <see cref="BarrierAligner"/>; until then
/// the caller blocks the inputs that have brought it. Used in turns of one task.
/// </summary>
/// <param name="inputs">The number of inputs.</param>
/// <param name="risesWhileIdle">
/// Whether the watermark rises while all inputs are idle, by the time for which all are confirmed to be idle. Only if the inputs come from all
/// subtasks of the sources: with a part of them it is not known whether time may advance.
/// </param>
internal sealed class WatermarkCombiner(int inputs, bool risesWhileIdle)
{
    private readonly Input[] _inputs = NewInputs(inputs);
    private bool _allIdle;

    // While all inputs are confirmed to be idle: since when, and the watermark at that time. Otherwise MinValue.
    private EventTime _idleSince = EventTime.MinValue;
    private EventTime _idleBase = EventTime.MinValue;
    private IdlePeriod _lastPeriod;

    /// <summary>The combined watermark.</summary>
    public EventTime Current { get; private set; } = EventTime.MinValue;

    /// <summary>The alignment of barriers.</summary>
    public BarrierAligner Barriers { get; } = new(inputs);

    /// <summary>Whether all inputs have ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Handles an element of one input, and emits the combined elements that follow from it.</summary>
    public void Apply(int input, in Control control, IControlInput output)
    {
        ref Input state = ref _inputs[input];
        switch (control.Kind)
        {
            case ControlKind.Watermark:
                state.Watermark = EventTime.Max(state.Watermark, control.Watermark);
                break;
            case ControlKind.Idle:
                state.Status = Status.Idle;
                state.IdlePeriod = control.IdlePeriod;
                break;
            case ControlKind.Active:
                state.Status = Status.Active;
                break;
            case ControlKind.End:
                state.Status = Status.Ended;
                End(input, output);
                break;
            case ControlKind.Barrier:
                if (Barriers.Arrive(input, control.Checkpoint))
                {
                    output.OnControl(control);
                }

                return;
            default:
                throw new InvalidOperationException($"A control element of kind {control.Kind} is not known.");
        }

        Evaluate(control.Kind, output);
    }

    /// <summary>Restores the watermark of a snapshot. Called before the first element.</summary>
    public void Restore(EventTime watermark) => Current = watermark;

    private static Input[] NewInputs(int inputs)
    {
        Input[] all = new Input[inputs];
        Array.Fill(all, new Input { Watermark = EventTime.MinValue });
        return all;
    }

    // An alignment is complete when the last input that has not brought the barrier ends.
    private void End(int input, IControlInput output)
    {
        CheckpointId? pending = Barriers.Pending;
        if (Barriers.End(input))
        {
            output.OnControl(Control.Barrier(pending!.Value));
        }
    }

    private void Evaluate(ControlKind cause, IControlInput output)
    {
        int active = 0;
        int idle = 0;
        int ended = 0;
        EventTime lowestActive = EventTime.MaxValue;
        EventTime lowestIdle = EventTime.MaxValue;
        IdlePeriod period = new(EventTime.MinValue, EventTime.MaxValue, 0);
        foreach (ref readonly Input input in _inputs.AsSpan())
        {
            if (input.Status == Status.Ended)
            {
                ended++;
            }
            else if (input.Watermark == EventTime.MaxValue)
            {
                // The input is about to end, so it does not hold back the watermark. But it must not close windows while other inputs are only idle.
            }
            else if (input.Status == Status.Active)
            {
                active++;
                lowestActive = EventTime.Min(lowestActive, input.Watermark);
            }
            else
            {
                idle++;
                lowestIdle = EventTime.Min(lowestIdle, input.Watermark);
                period = period.And(input.IdlePeriod);
            }
        }

        if (active > 0)
        {
            OnActive(lowestActive, output);
        }
        else if (idle > 0)
        {
            OnAllIdle(lowestIdle, period, cause, output);
        }
        else
        {
            OnNoneLeft(ended, output);
        }
    }

    private void OnActive(EventTime lowest, IControlInput output)
    {
        if (_allIdle)
        {
            _allIdle = false;
            output.OnControl(Control.Active);
        }

        Advance(lowest, output);
    }

    private void OnAllIdle(EventTime lowest, IdlePeriod period, ControlKind cause, IControlInput output)
    {
        bool isConfirmed = period.ConfirmedUntil != EventTime.MinValue && period.ConfirmedUntil != EventTime.MaxValue;
        bool entered = !_allIdle;
        if (entered)
        {
            _allIdle = true;
            Advance(WatermarkOfLastIdle(), output);
        }

        if (entered || !isConfirmed)
        {
            _idleSince = EventTime.MinValue;
        }

        if (isConfirmed && _idleSince == EventTime.MinValue)
        {
            // All may be idle because the last active input has ended. Then the watermark has not risen before that end.
            _idleSince = entered && cause == ControlKind.Idle ? period.Since : LatestConfirmation();
            _idleBase = Current;
        }

        if (risesWhileIdle && isConfirmed && _idleBase != EventTime.MinValue)
        {
            EventTime risen = _idleBase.Add(period.ConfirmedUntil.MillisecondsSince(_idleSince));
            Advance(EventTime.Min(risen, period.ConfirmedUntil.Add(-period.OutOfOrderness)), output);
        }

        // The watermark of an idle input may rise, since it may combine inputs itself.
        Advance(lowest, output);
        period = isConfirmed ? period with { Since = _idleSince } : period;
        if (entered || period != _lastPeriod)
        {
            _lastPeriod = period;
            output.OnControl(Control.Idle(period));
        }
    }

    // The watermark of the input that became idle last, since the others had left the minimum before: the order in which they became idle counts,
    // not the order of their elements. An input that never had a watermark is not part of it.
    private EventTime WatermarkOfLastIdle()
    {
        EventTime since = EventTime.MinValue;
        EventTime watermark = EventTime.MinValue;
        foreach (ref readonly Input input in _inputs.AsSpan())
        {
            if (input.IsWaiting && input.Watermark != EventTime.MinValue && input.IdlePeriod.Since >= since)
            {
                bool isTie = input.IdlePeriod.Since == since && watermark != EventTime.MinValue;
                watermark = isTie ? EventTime.Min(watermark, input.Watermark) : input.Watermark;
                since = input.IdlePeriod.Since;
            }
        }

        return watermark;
    }

    private EventTime LatestConfirmation()
    {
        EventTime latest = EventTime.MinValue;
        foreach (ref readonly Input input in _inputs.AsSpan())
        {
            if (input.IsWaiting && input.IdlePeriod.ConfirmedUntil != EventTime.MaxValue)
            {
                latest = EventTime.Max(latest, input.IdlePeriod.ConfirmedUntil);
            }
        }

        return latest;
    }

    private void OnNoneLeft(int ended, IControlInput output)
    {
        Advance(EventTime.MaxValue, output);
        if (ended == _inputs.Length && !HasEnded)
        {
            HasEnded = true;
            output.OnControl(Control.End);
        }
    }

    private void Advance(EventTime watermark, IControlInput output)
    {
        if (watermark > Current)
        {
            Current = watermark;
            output.OnControl(Control.Advance(watermark));
        }
    }

    private enum Status : byte
    {
        Active,
        Idle,
        Ended,
    }

    private struct Input
    {
        public EventTime Watermark;
        public IdlePeriod IdlePeriod;
        public Status Status;

        /// <summary>Whether it is idle and may be active again.</summary>
        public readonly bool IsWaiting => Status == Status.Idle && Watermark != EventTime.MaxValue;
    }
}
