using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Time;

/// <summary>
/// Makes one sequence of control elements of several inputs': the watermark is the minimum over the active ones and never goes
/// back; idle and ended inputs leave the minimum. While all are quiet, it rises by the time for which all of them have proven
/// their silence. Used in turns of one task.
/// </summary>
/// <param name="inputs">The number of inputs.</param>
internal sealed class WatermarkCombiner(int inputs)
{
    private readonly Input[] _inputs = new Input[inputs];
    private bool _started;
    private bool _allIdle;
    private EventTime _quietBase = EventTime.MinValue;
    private EventTime _quietSince = EventTime.MinValue;

    /// <summary>The combined watermark.</summary>
    public EventTime Current { get; private set; } = EventTime.MinValue;

    /// <summary>Whether all inputs have ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes an element of one input, and hands on what follows from it.</summary>
    public void Apply(int input, in Control control, IControlInput output)
    {
        Start();
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
                break;
            default:
                throw new InvalidOperationException($"A control element of kind {control.Kind} is not known.");
        }

        Evaluate(control.Kind, output);
    }

    private void Start()
    {
        if (!_started)
        {
            _started = true;
            Array.Fill(_inputs, new Input { Watermark = EventTime.MinValue });
        }
    }

    private void Evaluate(ControlKind cause, IControlInput output)
    {
        int active = 0;
        int idle = 0;
        EventTime lowestActive = EventTime.MaxValue;
        EventTime lowestIdle = EventTime.MaxValue;
        QuietPeriod quiet = new(EventTime.MaxValue, 0);
        foreach (ref readonly Input input in _inputs.AsSpan())
        {
            if (input.Status == Status.Active)
            {
                active++;
                lowestActive = EventTime.Min(lowestActive, input.Watermark);
            }
            else if (input.Status == Status.Idle)
            {
                idle++;
                lowestIdle = EventTime.Min(lowestIdle, input.Watermark);
                quiet = new QuietPeriod(
                    EventTime.Min(quiet.ConfirmedUntil, input.Quiet.ConfirmedUntil), Math.Max(quiet.OutOfOrderness, input.Quiet.OutOfOrderness));
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
        else if (!HasEnded)
        {
            HasEnded = true;
            Advance(EventTime.MaxValue, output);
            output.OnControl(Control.End);
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
            _quietSince = EventTime.MinValue;
        }

        if (isProven && _quietSince == EventTime.MinValue)
        {
            _quietSince = quiet.ConfirmedUntil;
            _quietBase = Current;
        }
        else if (isProven && _quietBase != EventTime.MinValue)
        {
            EventTime risen = _quietBase.Add(quiet.ConfirmedUntil.Milliseconds - _quietSince.Milliseconds);
            Advance(EventTime.Min(risen, quiet.ConfirmedUntil.Add(-quiet.OutOfOrderness)), output);
        }

        // An idle input may itself combine inputs that time has passed for.
        Advance(lowest, output);
        if (entered || cause == ControlKind.Idle)
        {
            output.OnControl(Control.Idle(quiet));
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
    }
}
