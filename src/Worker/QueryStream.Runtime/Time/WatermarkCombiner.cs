using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Time;

/// <summary>
/// Makes one sequence of control elements out of those of several inputs: the watermark is the minimum over the active inputs and never goes
/// back; inputs that are idle, have ended or have nothing more to come leave the minimum. A barrier goes on when it is aligned, see
/// <see cref="BarrierAligner"/>; until then the caller takes nothing more from the inputs that have brought it. Used in turns of one task.
/// </summary>
/// <param name="inputs">The number of inputs.</param>
/// <param name="risesWhileQuiet">
/// Whether the watermark rises while all inputs are quiet, by the time for which all have proven their silence. Only where the inputs
/// come from all subtasks of the sources: one who sees a part of them does not know whether time may go on.
/// </param>
internal sealed class WatermarkCombiner(int inputs, bool risesWhileQuiet)
{
    private readonly Input[] _inputs = NewInputs(inputs);
    private bool _allIdle;

    // While all are idle and have proven it: from when on, and the watermark then. Otherwise MinValue.
    private EventTime _quietSince = EventTime.MinValue;
    private EventTime _quietBase = EventTime.MinValue;
    private QuietPeriod _lastQuiet;

    /// <summary>The combined watermark.</summary>
    public EventTime Current { get; private set; } = EventTime.MinValue;

    /// <summary>The alignment of barriers.</summary>
    public BarrierAligner Barriers { get; } = new(inputs);

    /// <summary>Whether all inputs have ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes an element of one input, and hands on what follows from it.</summary>
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
                state.Quiet = control.Quiet;
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

    /// <summary>Goes on from the watermark that a snapshot has. Before the first element.</summary>
    public void Restore(EventTime watermark) => Current = watermark;

    private static Input[] NewInputs(int inputs)
    {
        Input[] all = new Input[inputs];
        Array.Fill(all, new Input { Watermark = EventTime.MinValue });
        return all;
    }

    // The end of the last input without the barrier completes it.
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
        QuietPeriod quiet = new(EventTime.MinValue, EventTime.MaxValue, 0);
        foreach (ref readonly Input input in _inputs.AsSpan())
        {
            if (input.Status == Status.Ended)
            {
                ended++;
            }
            else if (input.Watermark == EventTime.MaxValue)
            {
                // About to end: nothing to wait for, but no reason either to close the windows of those who are only idle.
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
                quiet = quiet.And(input.Quiet);
            }
        }

        if (active > 0)
        {
            OnActive(lowestActive, output);
        }
        else if (idle > 0)
        {
            OnAllIdle(lowestIdle, quiet, cause, output);
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

    private void OnAllIdle(EventTime lowest, QuietPeriod quiet, ControlKind cause, IControlInput output)
    {
        bool isProven = quiet.ConfirmedUntil != EventTime.MinValue && quiet.ConfirmedUntil != EventTime.MaxValue;
        bool entered = !_allIdle;
        if (entered)
        {
            _allIdle = true;
            Advance(WatermarkOfLastIdle(), output);
        }

        if (entered || !isProven)
        {
            _quietSince = EventTime.MinValue;
        }

        if (isProven && _quietSince == EventTime.MinValue)
        {
            // Where it is not the silence of an input that makes all idle but the end of another, there was no rise before that end.
            _quietSince = entered && cause == ControlKind.Idle ? quiet.Since : LatestProof();
            _quietBase = Current;
        }

        if (risesWhileQuiet && isProven && _quietBase != EventTime.MinValue)
        {
            EventTime risen = _quietBase.Add(quiet.ConfirmedUntil.MillisecondsSince(_quietSince));
            Advance(EventTime.Min(risen, quiet.ConfirmedUntil.Add(-quiet.OutOfOrderness)), output);
        }

        // An idle input may itself combine inputs that time has passed for.
        Advance(lowest, output);
        quiet = isProven ? quiet with { Since = _quietSince } : quiet;
        if (entered || quiet != _lastQuiet)
        {
            _lastQuiet = quiet;
            output.OnControl(Control.Idle(quiet));
        }
    }

    // The order in which the inputs fell quiet counts, not that in which they said so: the others had left the minimum before the
    // last one did. One that never had a watermark never counted.
    private EventTime WatermarkOfLastIdle()
    {
        EventTime since = EventTime.MinValue;
        EventTime watermark = EventTime.MinValue;
        foreach (ref readonly Input input in _inputs.AsSpan())
        {
            if (input.IsWaiting && input.Watermark != EventTime.MinValue && input.Quiet.Since >= since)
            {
                watermark = input.Quiet.Since == since && watermark != EventTime.MinValue ? EventTime.Min(watermark, input.Watermark) : input.Watermark;
                since = input.Quiet.Since;
            }
        }

        return watermark;
    }

    private EventTime LatestProof()
    {
        EventTime latest = EventTime.MinValue;
        foreach (ref readonly Input input in _inputs.AsSpan())
        {
            if (input.IsWaiting && input.Quiet.ConfirmedUntil != EventTime.MaxValue)
            {
                latest = EventTime.Max(latest, input.Quiet.ConfirmedUntil);
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
        public QuietPeriod Quiet;
        public Status Status;

        /// <summary>Whether it is idle and may be active again.</summary>
        public readonly bool IsWaiting => Status == Status.Idle && Watermark != EventTime.MaxValue;
    }
}
