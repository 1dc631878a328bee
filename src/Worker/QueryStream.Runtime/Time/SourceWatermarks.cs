using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Runtime.Time;

/// <summary>
/// Event time at one source task: a watermark a split, the minimum over those that are live, never going back. A split is quiet
/// once it was proven read to its end and nothing had come for a while before that proof. Used in turns of one task.
/// </summary>
internal sealed class SourceWatermarks
{
    private readonly Split[] _splits;
    private readonly long _outOfOrderness;
    private readonly TimeSpan? _idleAfter;
    private readonly bool _advanceWhileQuiet;
    private bool _idle;

    /// <summary>Creates the watermarks of a source that was just opened.</summary>
    /// <param name="splits">The number of splits.</param>
    /// <param name="outOfOrderness">In milliseconds.</param>
    /// <param name="idleAfter">After how long a split is quiet; null: never.</param>
    /// <param name="advanceWhileQuiet">Whether event time may go on while all are quiet.</param>
    /// <param name="now">The clock.</param>
    public SourceWatermarks(int splits, TimeSpan outOfOrderness, TimeSpan? idleAfter, bool advanceWhileQuiet, EventTime now)
    {
        _splits = new Split[splits];
        _outOfOrderness = outOfOrderness.Ticks / TimeSpan.TicksPerMillisecond;
        _idleAfter = idleAfter;
        _advanceWhileQuiet = advanceWhileQuiet;
        Array.Fill(_splits, new Split { Watermark = EventTime.MinValue, LastRecord = now });
    }

    /// <summary>The watermark.</summary>
    public EventTime Current { get; private set; } = EventTime.MinValue;

    /// <summary>Takes note of records, and says that the source is active again before they are handed on.</summary>
    public void OnRecords(IReadOnlyList<SplitRun> runs, EventTime now, IControlInput output)
    {
        for (int i = 0; i < runs.Count; i++)
        {
            SplitRun run = runs[i];
            ref Split split = ref _splits[run.Split];
            split.IsQuiet = false;
            split.LastRecord = now;
            if (run.Rows > 0)
            {
                split.Watermark = EventTime.Max(split.Watermark, run.MaxTime.Add(-_outOfOrderness - 1));
            }
        }

        if (_idle && runs.Count > 0)
        {
            _idle = false;
            output.OnControl(Control.Active);
        }
    }

    /// <summary>Takes note of splits that were read to their end.</summary>
    public void OnEnds(IReadOnlyList<SplitEnd> ends)
    {
        for (int i = 0; i < ends.Count; i++)
        {
            SplitEnd end = ends[i];
            ref Split split = ref _splits[end.Split];
            if (end.IsFinal)
            {
                split.HasEnded = true;
                continue;
            }

            split.ConfirmedUntil = end.At;
            split.IsQuiet = _idleAfter is { } idleAfter && end.At >= split.LastRecord.Add(idleAfter);
        }
    }

    /// <summary>Hands on what has changed: a higher watermark, or for how long all splits have been quiet.</summary>
    /// <param name="confirmed">Whether the last poll proved something of a split's end.</param>
    /// <param name="output">Takes the elements.</param>
    public void Advance(bool confirmed, IControlInput output)
    {
        EventTime lowest = EventTime.MaxValue;
        EventTime confirmedUntil = EventTime.MaxValue;
        int live = 0;
        int quiet = 0;
        foreach (ref readonly Split split in _splits.AsSpan())
        {
            if (split.HasEnded)
            {
                continue;
            }

            live++;
            if (split.IsQuiet)
            {
                quiet++;
                confirmedUntil = EventTime.Min(confirmedUntil, split.ConfirmedUntil);
            }
            else
            {
                lowest = EventTime.Min(lowest, split.Watermark);
            }
        }

        if (live == quiet)
        {
            BecomeIdle(live, confirmed, confirmedUntil, output);
        }
        else if (lowest > Current)
        {
            Current = lowest;
            output.OnControl(Control.Advance(lowest));
        }
    }

    // A task without splits is idle from the start, and never holds anyone back.
    private void BecomeIdle(int live, bool confirmed, EventTime confirmedUntil, IControlInput output)
    {
        if (_idle && !confirmed)
        {
            return;
        }

        _idle = true;
        bool proves = _advanceWhileQuiet || live == 0;
        output.OnControl(Control.Idle(proves ? new QuietPeriod(confirmedUntil, _outOfOrderness) : QuietPeriod.Unconfirmed));
    }

    private struct Split
    {
        public EventTime Watermark;
        public EventTime LastRecord;
        public EventTime ConfirmedUntil;
        public bool IsQuiet;
        public bool HasEnded;
    }
}
